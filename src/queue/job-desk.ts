import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration, type JobValue, type Outcome, promptPath } from '../runner/index.ts';
import type { FedPool } from './fed-pool.ts';
import { isWhole, parseJob, type QueueJob, type QueueResult } from './job.ts';
import type { ServedRun } from './served-run.ts';
import type { TakenJob } from './taken-job.ts';

/** A job that has cost so many workers is not computed by a further one. */
export const MOST_LOST_WORKERS = 3;
const PUT_AGAIN_MS = 5_000;
/** Troubles of this machine, not of the cells. */
const OWN_TROUBLE = /^(DISK_FULL|FOLDER_NOT_WRITABLE)$/;

/** What a worker does with a job it has taken. */
export class JobDesk {
  /** Resolves with what keeps this machine from computing anything: a full disk. */
  readonly trouble: Promise<string>;
  readonly #pool: FedPool;
  readonly #promptDir: string;
  readonly #note: (message: string) => void;
  #tell: (trouble: string) => void = () => {};

  /** @param promptDir Where the pool leaves learned prompts. */
  constructor(pool: FedPool, promptDir: string, note: (message: string) => void) {
    this.#pool = pool;
    this.#promptDir = promptDir;
    this.#note = note;
    this.trouble = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  /** Computes a job, or gives it back; its result is in the queue afterwards, whatever came of it. */
  async handle(run: ServedRun, taken: TakenJob): Promise<void> {
    const job = readJob(taken.data);
    if (typeof job === 'string') return this.#fail(run, taken, 'BAD_JOB', job);
    const [before] = await run.results.get([taken.id]);
    if (isWhole(before ?? null, job.wanted)) return taken.complete();
    if (taken.lostWorkers >= MOST_LOST_WORKERS) {
      const message = `${taken.lostWorkers} workers that computed this were not heard of again; memory may have run out there`;
      return this.#fail(run, taken, 'WORKER_LOST', message);
    }
    await this.#compute(run, taken, job);
  }

  async #compute(run: ServedRun, taken: TakenJob, job: QueueJob): Promise<void> {
    const start = performance.now();
    let trouble: string | null = null;
    this.#note(`computing ${job.label}`);
    const outcome = await this.#pool.run(
      run.tasks.of(job, `${taken.id} ${randomBytes(4).toString('hex')}`),
      (fraction, message) => taken.tell(fraction, message),
      (task, ended) => {
        run.tasks.ended(task, ended.status === 'ok');
        if (ended.status === 'failed' && OWN_TROUBLE.test(ended.error.code)) trouble = ended.error.message;
      },
    );
    if (trouble !== null) this.#tell(trouble);
    if (outcome.status === 'cancelled' || trouble !== null) {
      await taken.giveBack();
      this.#note(`gave back ${job.label}`);
      return;
    }
    // Nobody else has a hand in what a worker was given.
    if (outcome.status === 'elsewhere') throw new Error('internal: a job ended elsewhere');
    if (outcome.status === 'failed') {
      const { code, message } = outcome.error;
      this.#note(`failed ${job.label}: ${code}: ${message}`);
      await this.#put(run, taken, { status: 'failed', error: outcome.error }, new Map());
    } else {
      await this.#deliver(run, taken, outcome);
      this.#note(`done ${job.label} in ${formatDuration(performance.now() - start)}`);
    }
  }

  async #deliver(
    run: ServedRun,
    taken: TakenJob,
    { value }: Extract<Outcome<JobValue>, { status: 'ok' }>,
  ): Promise<void> {
    if (value.kind !== 'cells') throw new Error('internal: a job ended without cells');
    const prompts = new Map<string, Buffer>();
    for (const { key } of value.records) {
      const path = promptPath(this.#promptDir, key);
      if (existsSync(path)) prompts.set(key, readFileSync(path));
    }
    await this.#put(
      run,
      taken,
      { status: 'ok', records: value.records, prompts: [...prompts.keys()] },
      prompts,
    );
    for (const key of prompts.keys()) rmSync(promptPath(this.#promptDir, key), { force: true });
  }

  async #fail(run: ServedRun, taken: TakenJob, code: string, message: string): Promise<void> {
    this.#note(`failed ${taken.id}: ${code}: ${message}`);
    await this.#put(run, taken, { status: 'failed', error: { code, message } }, new Map());
  }

  /** The result first, then the end of the job: a worker that dies between leaves both to be found. */
  async #put(
    run: ServedRun,
    taken: TakenJob,
    result: QueueResult,
    prompts: ReadonlyMap<string, Buffer>,
  ): Promise<void> {
    for (;;) {
      try {
        await run.results.put(taken.id, result, prompts);
        break;
      } catch (error) {
        if (run.closed) throw error;
        // Its memory may be full for a while; what was computed is kept until there is room.
        this.#note(`the queue does not take a result, trying again: ${(error as Error).message}`);
        await sleep(PUT_AGAIN_MS);
      }
    }
    await taken.complete();
  }
}

/** The job, or what is wrong with it. */
function readJob(data: unknown): QueueJob | string {
  try {
    return parseJob(data);
  } catch (error) {
    return `it is no job of this program: ${(error as Error).message}`;
  }
}
