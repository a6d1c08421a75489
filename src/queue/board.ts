import type { Redis } from 'ioredis';
import { z } from 'zod';
import { PREFIX } from './job.ts';
import { type QueuedRun, runSchema } from './needs.ts';

/** Whoever has not been heard of for so long is taken to be gone, ms. */
const SILENT_MS = 30_000;
/** A run stays on the board so long after its command was last heard of, so that workers go on without it, s. */
const RUN_KEPT_S = 24 * 3600;

const RUNS = `${PREFIX}:runs`;
const runName = (id: string): string => `${PREFIX}:run:${id}`;
const commandsName = (id: string): string => `${PREFIX}:commands:${id}`;
const workersName = (id: string): string => `${PREFIX}:workers:${id}`;

const workerSchema = z.object({
  /** Host and process, for a person. */
  name: z.string(),
  /** Cells it computes at once. */
  places: z.number(),
  /** Why it takes no jobs of the run; empty: it takes them. */
  refused: z.array(z.string()),
  /** What should be known of it nevertheless. */
  remarks: z.array(z.string()),
  /** By the clock of Redis, ms. */
  seen: z.number(),
});

/** A worker and what it says of a run. */
export type WorkerNotice = z.infer<typeof workerSchema>;

/** Where commands say what runs there are, and workers whether they can compute for them. Its clock is Redis's. */
export class Board {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async #now(): Promise<number> {
    const [seconds, microseconds] = await this.#redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  }

  /** Says that a command works on a run; to be said again every few seconds. */
  async announce(id: string, command: string, run: QueuedRun): Promise<void> {
    const now = await this.#now();
    await this.#redis
      .multi()
      .set(runName(id), JSON.stringify(run), 'EX', RUN_KEPT_S)
      .zadd(RUNS, now, id)
      .zadd(commandsName(id), now, command)
      .expire(commandsName(id), RUN_KEPT_S)
      .zremrangebyscore(RUNS, 0, now - RUN_KEPT_S * 1000)
      .exec();
  }

  /** Takes a command from a run, and the run with its last one. @returns whether it was the last. */
  async leave(id: string, command: string): Promise<boolean> {
    await this.#redis.zrem(commandsName(id), command);
    if ((await this.commands(id)) > 0) return false;
    await this.#redis.multi().zrem(RUNS, id).del(runName(id), commandsName(id), workersName(id)).exec();
    return true;
  }

  /** Commands that work on a run now. */
  async commands(id: string): Promise<number> {
    return this.#redis.zcount(commandsName(id), (await this.#now()) - SILENT_MS, '+inf');
  }

  /** All runs, by their names, the one announced last at the end. */
  async runs(): Promise<Map<string, QueuedRun | null>> {
    const ids = await this.#redis.zrange(RUNS, 0, -1);
    if (ids.length === 0) return new Map();
    const texts = await this.#redis.mget(ids.map(runName));
    return new Map(ids.flatMap((id, i) => (texts[i] == null ? [] : [[id, parseRun(texts[i])] as const])));
  }

  /** Says what a worker thinks of a run; to be said again every few seconds. */
  async answer(id: string, worker: string, notice: Omit<WorkerNotice, 'seen'>): Promise<void> {
    const seen = await this.#now();
    await this.#redis
      .multi()
      .hset(workersName(id), worker, JSON.stringify({ ...notice, seen }))
      .expire(workersName(id), RUN_KEPT_S)
      .exec();
  }

  /** Takes a worker that ends from a run. */
  async withdraw(id: string, worker: string): Promise<void> {
    await this.#redis.hdel(workersName(id), worker);
  }

  /** Workers that were heard of lately, by their names on the board. */
  async workers(id: string): Promise<Map<string, WorkerNotice>> {
    const [now, notices] = [await this.#now(), await this.#redis.hgetall(workersName(id))];
    const all = Object.entries(notices).flatMap(([worker, text]) => {
      const parsed = workerSchema.safeParse(JSON.parse(text));
      return parsed.success && parsed.data.seen > now - SILENT_MS ? [[worker, parsed.data] as const] : [];
    });
    return new Map(all);
  }
}

/** Null: a run of another version of this program, which says it in a way not known here. */
function parseRun(text: string): QueuedRun | null {
  const parsed = runSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}
