import { randomBytes } from 'node:crypto';
import type { Job, Worker } from 'bullmq';

/** Progress of a job is told this often at most, ms: it is for eyes. */
const TELL_EVERY_MS = 1_000;

/** A job that this worker has, and keeps by saying so again and again: the process that does computes nothing. */
export class TakenJob {
  readonly id: string;
  readonly data: unknown;
  /** Workers that had it and were not heard of again. */
  readonly lostWorkers: number;
  readonly #job: Job;
  readonly #token: string;
  readonly #renewal: NodeJS.Timeout;
  #toldMs = Number.NEGATIVE_INFINITY;

  private constructor(job: Job, token: string, leaseMs: number) {
    this.id = job.id!;
    this.data = job.data;
    this.lostWorkers = job.stalledCounter;
    this.#job = job;
    this.#token = token;
    // One that was given to another worker meanwhile is computed twice, which changes nothing.
    this.#renewal = setInterval(() => void job.extendLock(token, leaseMs).catch(() => {}), leaseMs / 4);
  }

  /** The next job of a queue, or null. */
  static async next(worker: Worker, leaseMs: number): Promise<TakenJob | null> {
    const token = randomBytes(12).toString('hex');
    const job = await worker.getNextJob(token, { block: false });
    return job ? new TakenJob(job, token, leaseMs) : null;
  }

  tell(fraction: number, message?: string): void {
    const now = performance.now();
    if (now - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = now;
    void this.#job
      .updateProgress({ fraction, ...(message === undefined ? {} : { message }) })
      .catch(() => {});
  }

  /** Its result is kept: takes it from the queue. Harmless if it has gone from there meanwhile. */
  async complete(): Promise<void> {
    await this.#job.moveToCompleted(true, this.#token, false).catch(() => {});
    clearInterval(this.#renewal);
  }

  /** For the next worker, before all others. */
  async giveBack(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#job.moveToWait(this.#token).catch(() => {});
  }
}
