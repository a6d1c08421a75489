import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RuntimeIdentity, UserError } from '../config/index.ts';
import { FeatureStore, type Parallelism, sparePictureThreads } from '../runner/index.ts';
import { Board, type WorkerNotice } from './board.ts';
import type { QueueConnection } from './connection.ts';
import { FedPool } from './fed-pool.ts';
import { JobDesk, MOST_LOST_WORKERS } from './job-desk.ts';
import { LocalTasks, type RunHere } from './local-tasks.ts';
import type { QueuedRun } from './needs.ts';
import { ServedRun } from './served-run.ts';
import type { TakenJob } from './taken-job.ts';

/** A job that has cost so many workers is computed alone: those beside a guilty one have cost some too. */
const ALONE_FROM = MOST_LOST_WORKERS - 1;
const LOOK_EVERY_MS = 250;
const BEAT_MS = 2_000;
const LEAVE_WITHIN_MS = 3_000;

/** What a worker found out about a run: what it has of it, or why it must not compute for it. */
export type Inspection =
  | { readonly here: RunHere; readonly remarks: readonly string[] }
  | { readonly refused: readonly string[] };

/** How a worker serves. */
export interface ServeSettings extends Parallelism {
  readonly cacheDir: string;
  readonly runtime: RuntimeIdentity;
  readonly engineVersions: Readonly<Record<string, string>>;
  /** Environment of the process that computes, over that of this one. */
  readonly environment: Readonly<Record<string, string>>;
  /** A worker that is silent for so long has lost its jobs, ms. */
  readonly leaseMs: number;
  /** Ends after so long without work, ms; null: never. */
  readonly idleMs: number | null;
  readonly inspect: (run: QueuedRun) => Promise<Inspection>;
  readonly signal: AbortSignal;
  readonly note: (message: string) => void;
}

/**
 * Takes jobs from a queue and computes them, until it is told to stop or has been idle for long enough. Told to stop,
 * it gives back what it has not finished.
 *
 * @returns Jobs it has handled.
 * @throws {UserError} QUEUE_LOST, POOL_START_FAILED, DISK_FULL, FOLDER_NOT_WRITABLE
 */
export async function serveQueue(connection: QueueConnection, settings: ServeSettings): Promise<number> {
  FeatureStore.prepareFolder(settings.cacheDir);
  const promptDir = mkdtempSync(join(tmpdir(), 'coop-bench-prompts-'));
  const serving = new Serving(connection, settings, promptDir);
  try {
    return await serving.whole();
  } finally {
    rmSync(promptDir, { recursive: true, force: true });
  }
}

class Serving {
  readonly #connection: QueueConnection;
  readonly #settings: ServeSettings;
  readonly #promptDir: string;
  readonly #worker = `${hostname()} ${process.pid} ${randomBytes(4).toString('hex')}`;
  readonly #board: Board;
  readonly #pool: FedPool;
  readonly #desk: JobDesk;
  readonly #stop = new AbortController();
  readonly #runs = new Map<string, ServedRun>();
  readonly #answers = new Map<string, Omit<WorkerNotice, 'seen'>>();
  readonly #busy = new Set<Promise<void>>();
  /** Whether a job that has cost a worker runs here, or waits to. */
  #suspicious = false;
  #handled = 0;

  constructor(connection: QueueConnection, settings: ServeSettings, promptDir: string) {
    this.#connection = connection;
    this.#settings = settings;
    this.#promptDir = promptDir;
    this.#board = new Board(connection.redis);
    this.#pool = new FedPool({ ...settings, signal: this.#stop.signal });
    this.#desk = new JobDesk(this.#pool, promptDir, settings.note);
  }

  async whole(): Promise<number> {
    const { signal, note } = this.#settings;
    const stop = (): void => {
      note(`stopping: giving back ${this.#busy.size} jobs; press Ctrl-C again to stop at once`);
      this.#stop.abort();
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const broken = this.#desk.trouble.then((message): never => {
      throw new UserError('DISK_FULL', { where: 'this worker cannot go on', found: message });
    });
    // A pool that ends by itself could not start.
    const noPool = this.#pool.over.then(() => new Promise<never>(() => {}));
    const ended = [this.#connection.gone, broken, noPool, this.#endedByStop()];
    try {
      await Promise.race([this.#serve(), ...ended]);
    } finally {
      signal.removeEventListener('abort', stop);
      this.#stop.abort();
      await this.#pool.over.catch(() => {});
      await Promise.race([this.#leave().catch(() => {}), sleep(LEAVE_WITHIN_MS)]);
      // Whatever became of the rest: their own connections would keep this process alive.
      for (const run of this.#runs.values()) await run.close().catch(() => {});
    }
    return this.#handled;
  }

  /** A queue that is away must not keep a worker that was told to stop. */
  #endedByStop(): Promise<void> {
    return new Promise((resolve) => {
      this.#stop.signal.addEventListener('abort', () => {
        void this.#pool.over.catch(() => {}).then(() => sleep(LEAVE_WITHIN_MS).then(resolve));
      });
    });
  }

  async #serve(): Promise<void> {
    const { workers, idleMs } = this.#settings;
    let beatMs = Number.NEGATIVE_INFINITY;
    let busyMs = performance.now();
    while (!this.#stop.signal.aborted) {
      if (performance.now() - beatMs > BEAT_MS) {
        await this.#beat();
        beatMs = performance.now();
      }
      const taken = this.#busy.size < workers && !this.#suspicious && (await this.#take());
      if (this.#busy.size > 0) busyMs = performance.now();
      if (taken) continue;
      if (idleMs !== null && performance.now() - busyMs > idleMs) break;
      await sleep(LOOK_EVERY_MS);
    }
    await Promise.all(this.#busy);
  }

  /** Takes a job of any run, if there is one. */
  async #take(): Promise<boolean> {
    for (const run of this.#runs.values()) {
      const job = await run.next();
      if (job === null) continue;
      const alone = job.lostWorkers >= ALONE_FROM;
      if (alone && this.#busy.size > 0) {
        // An idle worker may have it meanwhile; this one takes no other before it.
        await job.giveBack();
        return false;
      }
      const handling = alone ? this.#handleAlone(run, job) : this.#handle(run, job);
      this.#busy.add(handling);
      void handling.finally(() => this.#busy.delete(handling)).catch(() => {});
      return true;
    }
    return false;
  }

  async #handle(run: ServedRun, job: TakenJob): Promise<void> {
    if (this.#stop.signal.aborted) return job.giveBack();
    await this.#desk.handle(run, job);
    this.#handled += 1;
  }

  /** With nothing beside it: if the next worker dies too, no other job is to blame. */
  async #handleAlone(run: ServedRun, job: TakenJob): Promise<void> {
    this.#suspicious = true;
    try {
      await this.#handle(run, job);
    } finally {
      this.#suspicious = false;
    }
  }

  /** Reads the board and answers: each run is looked into once. */
  async #beat(): Promise<void> {
    const { workers, note, inspect } = this.#settings;
    const runs = await this.#board.runs();
    for (const [id, run] of runs) {
      let answer = this.#answers.get(id);
      if (answer === undefined) {
        const found: Inspection =
          run === null ? { refused: ['it speaks another protocol of the queue'] } : await inspect(run);
        const refused = 'refused' in found ? found.refused : [];
        const name = `${hostname()} (process ${process.pid})`;
        answer = {
          name,
          places: workers,
          refused: [...refused],
          remarks: 'here' in found ? [...found.remarks] : [],
        };
        this.#answers.set(id, answer);
        if ('here' in found) this.#serveRun(id, found.here);
        const title = run?.title ?? id;
        note(
          refused.length === 0
            ? `taking jobs of: ${title}`
            : `not taking jobs of: ${title}: ${refused.join('; ')}`,
        );
      }
      await this.#board.answer(id, this.#worker, answer);
    }
    for (const id of this.#answers.keys()) if (!runs.has(id)) await this.#forget(id);
  }

  #serveRun(id: string, here: RunHere): void {
    const { cacheDir, runtime, engineVersions, leaseMs, workers, threads } = this.#settings;
    const tasks = new LocalTasks(here, (backbone, data) => ({
      checkpoint: backbone.path,
      checkpointSha256: backbone.sha256,
      model: backbone.size,
      activation: backbone.activation,
      data,
      cacheDir,
      promptDir: this.#promptDir,
      runtime,
      pictureThreads: sparePictureThreads({ workers, threads }),
      engineVersions,
    }));
    this.#runs.set(id, new ServedRun(this.#connection, id, leaseMs, tasks));
  }

  /** A run that is no longer on the board. Jobs of it that are under way end as they would. */
  async #forget(id: string): Promise<void> {
    const run = this.#runs.get(id);
    this.#runs.delete(id);
    this.#answers.delete(id);
    await run?.close();
  }

  async #leave(): Promise<void> {
    await Promise.allSettled(this.#busy);
    for (const id of this.#answers.keys()) await this.#board.withdraw(id, this.#worker);
  }
}
