import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { QueueConnection } from './connection.ts';
import { BULLMQ_PREFIX, type QueueJob } from './job.ts';

const CHUNK = 200;

/** The jobs of one run on BullMQ, as the command sees them. */
export class JobQueue {
  readonly #redis: QueueConnection['redis'];
  readonly #queue: Queue;

  /** @param run Its id. */
  constructor({ redis, bullmq }: QueueConnection, run: string) {
    this.#redis = redis;
    this.#queue = new bullmq.Queue(run, { connection: redis, prefix: BULLMQ_PREFIX });
    // That the queue is lost is said by the connection, once.
    this.#queue.on('error', () => {});
  }

  /** Puts jobs in by their names; one that is there already stays as it is. */
  async submit(jobs: readonly (readonly [id: string, job: QueueJob])[]): Promise<void> {
    for (const part of chunks(jobs)) {
      await this.#queue.addBulk(
        part.map(([id, job]) => ({
          name: 'cells',
          data: job,
          // Results lie elsewhere: a job that is over must not stand in the way of the next of its name.
          opts: { jobId: id, removeOnComplete: true, removeOnFail: true },
        })),
      );
    }
  }

  /** Those that the queue does not know. */
  async unknown(ids: readonly string[]): Promise<string[]> {
    const look = this.#redis.pipeline();
    for (const id of ids) look.exists(this.#queue.toKey(id));
    const answers = (await look.exec()) ?? [];
    return ids.filter((_, i) => answers[i]?.[1] === 0);
  }

  /** Harmless if a worker has it, or nobody. */
  async remove(id: string): Promise<number> {
    return this.#queue.remove(id).catch(() => 0);
  }

  /** Takes back what no worker has. @param withinMs For each chunk of them. @returns How many were taken back. */
  async takeBack(ids: readonly string[], withinMs: number): Promise<number> {
    let taken = 0;
    for (const part of chunks(ids)) {
      const all = Promise.all(part.map((id) => this.remove(id)));
      const removed = await Promise.race([all, sleep(withinMs, [])]);
      taken += removed.reduce((sum, count) => sum + count, 0);
    }
    return taken;
  }

  /** Removes all that BullMQ keeps of the run. */
  async obliterate(): Promise<void> {
    await this.#queue.obliterate({ force: true });
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}

/** Items in parts; without a size, in such as one request may hold. */
export function* chunks<T>(items: readonly T[], size: number = CHUNK): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
