import type { Worker } from 'bullmq';
import type { QueueConnection } from './connection.ts';
import { BULLMQ_PREFIX } from './job.ts';
import type { LocalTasks } from './local-tasks.ts';
import { Results } from './results.ts';
import { TakenJob } from './taken-job.ts';

/** A run that a worker takes jobs of. */
export class ServedRun {
  readonly results: Results;
  readonly tasks: LocalTasks;
  readonly #leaseMs: number;
  /** Takes jobs when told to; it computes nothing itself. */
  readonly #worker: Worker;
  #closed = false;

  constructor({ redis, bullmq }: QueueConnection, id: string, leaseMs: number, tasks: LocalTasks) {
    this.results = new Results(redis, id);
    this.tasks = tasks;
    this.#leaseMs = leaseMs;
    this.#worker = new bullmq.Worker(id, null, {
      connection: redis,
      prefix: BULLMQ_PREFIX,
      autorun: false,
      lockDuration: leaseMs,
      stalledInterval: leaseMs / 2,
      // How often a job may lose its worker is decided where a result can be made of it.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    });
    // That the queue is lost is said by the connection, once.
    this.#worker.on('error', () => {});
    void this.#worker.startStalledCheckTimer();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The next job, or null. */
  next(): Promise<TakenJob | null> {
    return TakenJob.next(this.#worker, this.#leaseMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.close(true);
  }
}
