import type { Redis } from 'ioredis';
import { PREFIX, parseResult, type QueueResult } from './job.ts';

/** What nobody fetches is kept for so long, s: a command that was stopped finds it when it goes on. */
const KEPT_S = 7 * 24 * 3600;

/**
 * What workers have computed, until whoever asked has written it down. Beside the queue's own jobs, so that a result
 * survives its job: one whose worker was thought dead, or that a restarted Redis no longer knows.
 */
export class Results {
  readonly #redis: Redis;
  readonly #run: string;

  constructor(redis: Redis, run: string) {
    this.#redis = redis;
    this.#run = run;
  }

  #name(job: string): string {
    return `${PREFIX}:result:${this.#run}:${job}`;
  }

  #promptName(job: string, key: string): string {
    return `${PREFIX}:prompt:${this.#run}:${job}:${key}`;
  }

  /** Keeps a result with the files of its learned prompts, all at once. */
  async put(job: string, result: QueueResult, prompts: ReadonlyMap<string, Buffer>): Promise<void> {
    const all = this.#redis.multi();
    for (const [key, bytes] of prompts) all.set(this.#promptName(job, key), bytes, 'EX', KEPT_S);
    all.set(this.#name(job), JSON.stringify(result), 'EX', KEPT_S);
    const answers = (await all.exec()) ?? [];
    for (const [error] of answers) if (error !== null) throw error;
  }

  /** Results of jobs, null where there is none (yet). */
  async get(jobs: readonly string[]): Promise<(QueueResult | null)[]> {
    if (jobs.length === 0) return [];
    const texts = await this.#redis.mget(jobs.map((job) => this.#name(job)));
    return texts.map((text) => (text === null ? null : parseResult(text)));
  }

  /** File of a prompt, or null. */
  prompt(job: string, key: string): Promise<Buffer | null> {
    return this.#redis.getBuffer(this.#promptName(job, key));
  }

  async drop(job: string, prompts: readonly string[] = []): Promise<void> {
    await this.#redis.del(this.#name(job), ...prompts.map((key) => this.#promptName(job, key)));
  }
}
