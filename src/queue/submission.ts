import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueEvents } from 'bullmq';
import type { PlannedTask, RemotePool } from '../runner/index.ts';
import { Attendance } from './attendance.ts';
import { Board } from './board.ts';
import type { QueueConnection } from './connection.ts';
import { BULLMQ_PREFIX, isWhole, jobId, jobOf, type QueueJob, type QueueResult } from './job.ts';
import { chunks, JobQueue } from './job-queue.ts';
import { type QueuedRun, runId } from './needs.ts';
import { Places } from './places.ts';
import { resultOutcome } from './result-outcome.ts';
import { Results } from './results.ts';

/** Every so often everything is looked at, whatever events were missed. */
const SWEEP_MS = 5_000;
const BEAT_MS = 2_000;
/** Results that are written down together: a record alone waits for the disk as long as several. */
const KEPT_AT_ONCE = 16;
/** Leaving politely may take this long. */
const LEAVE_WITHIN_MS = 3_000;

type Options = Parameters<RemotePool['run']>[1];

interface Pending {
  readonly task: PlannedTask;
  readonly job: QueueJob;
}

type FoundResult = readonly [jobId: string, result: QueueResult];

/** The tasks of one run on their way through the queue and back. */
export class Submission {
  readonly #connection: QueueConnection;
  readonly #run: QueuedRun;
  readonly #id: string;
  readonly #command = `${hostname()} ${process.pid} ${randomBytes(4).toString('hex')}`;
  readonly #options: Options;
  readonly #note: (message: string) => void;
  readonly #board: Board;
  readonly #results: Results;
  readonly #queue: JobQueue;
  readonly #events: QueueEvents;
  readonly #attendance: Attendance;
  readonly #places = new Places();
  /** What has no outcome yet, by the name of its job. */
  readonly #open = new Map<string, Pending>();
  /** Jobs that an event says are done. */
  readonly #done = new Set<string>();
  #wake: () => void = () => {};
  /** Whether no other command waits for the same results. */
  #alone = true;
  #beating: Promise<void> | null = null;

  constructor(
    connection: QueueConnection,
    run: QueuedRun,
    tasks: readonly PlannedTask[],
    options: Options,
    note: (message: string) => void,
  ) {
    const { redis, bullmq } = connection;
    this.#connection = connection;
    this.#run = run;
    this.#id = runId(run);
    this.#options = options;
    this.#note = note;
    this.#board = new Board(redis);
    this.#results = new Results(redis, this.#id);
    this.#attendance = new Attendance(note, performance.now());
    this.#queue = new JobQueue(connection, this.#id);
    this.#events = new bullmq.QueueEvents(this.#id, { connection: redis, prefix: BULLMQ_PREFIX });
    // That the queue is lost is said by the connection, once.
    this.#events.on('error', () => {});
    for (const task of tasks) {
      const job = jobOf(task);
      if (job !== null) this.#open.set(jobId(job), { task, job });
    }
  }

  /** @throws {UserError} QUEUE_LOST; or what `keep` or `onEvent` threw. */
  async whole(): Promise<void> {
    const { signal } = this.#options;
    const wake = (): void => this.#wake();
    signal?.addEventListener('abort', wake);
    this.#listen();
    let beats: NodeJS.Timeout | undefined;
    try {
      await this.#orGone(this.#beat());
      const failed = new Promise<never>((_, reject) => {
        beats = setInterval(() => void this.#beat().catch(reject), BEAT_MS);
      });
      await this.#orGone(Promise.race([failed, this.#work()]));
    } finally {
      clearInterval(beats);
      signal?.removeEventListener('abort', wake);
      await Promise.race([this.#leave().catch(() => {}), sleep(LEAVE_WITHIN_MS)]);
    }
  }

  #orGone<T>(work: Promise<T>): Promise<T> {
    return Promise.race([this.#connection.gone, work]);
  }

  /** Starts and progress are for the display; that something is done only hurries the next look. */
  #listen(): void {
    this.#events.on('active', ({ jobId: id }) => this.#started(id));
    this.#events.on('progress', ({ jobId: id, data }) => {
      const worker = this.#started(id);
      if (worker === null || typeof data !== 'object') return;
      const { fraction, message } = data as { fraction: number; message?: string };
      const { task } = this.#open.get(id)!;
      this.#options.onEvent({
        kind: 'progress',
        taskId: task.id,
        worker,
        fraction,
        ...(message && { message }),
      });
    });
    this.#events.on('completed', ({ jobId: id }) => {
      this.#done.add(id);
      this.#wake();
    });
  }

  /** @returns the place of a job that runs, or null for one that is none of ours. */
  #started(id: string): number | null {
    const pending = this.#open.get(id);
    if (pending === undefined) return null;
    const known = this.#places.of(id);
    if (known !== null) return known;
    const worker = this.#places.take(id);
    this.#options.onEvent({ kind: 'start', taskId: pending.task.id, worker });
    return worker;
  }

  /** One at a time: a queue that is away must not be told the same a hundred times when it is back. */
  #beat(): Promise<void> {
    this.#beating ??= this.#tellAndLook().finally(() => {
      this.#beating = null;
    });
    return this.#beating;
  }

  async #tellAndLook(): Promise<void> {
    await this.#board.announce(this.#id, this.#command, this.#run);
    this.#alone = (await this.#board.commands(this.#id)) < 2;
    const notices = await this.#board.workers(this.#id);
    const counts = this.#attendance.see(notices, performance.now(), 2 * SWEEP_MS);
    this.#options.onEvent({ kind: 'workers', ...counts });
  }

  async #work(): Promise<void> {
    const { signal } = this.#options;
    await this.#collectBefore();
    await this.#submit([...this.#open.keys()]);
    let sweptMs = performance.now();
    while (this.#open.size > 0 && !signal?.aborted) {
      if (this.#done.size === 0) await this.#pause(SWEEP_MS - (performance.now() - sweptMs));
      if (signal?.aborted) break;
      const hurried = [...this.#done].filter((id) => this.#open.has(id));
      this.#done.clear();
      await this.#collect(hurried);
      if (performance.now() - sweptMs < SWEEP_MS) continue;
      await this.#collect([...this.#open.keys()]);
      await this.#submitLost();
      sweptMs = performance.now();
    }
    if (this.#open.size > 0) await this.#cancel();
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  /** Takes what an earlier command left in the queue; a failure of then is asked for anew. */
  async #collectBefore(): Promise<void> {
    for (const ids of chunks([...this.#open.keys()])) {
      const found = await this.#found(ids);
      const isUseful = ([id, result]: FoundResult) => isWhole(result, this.#open.get(id)!.job.wanted);
      for (const [id] of found.filter((one) => !isUseful(one))) await this.#results.drop(id);
      await this.#takeAll(found.filter(isUseful));
    }
  }

  async #collect(jobs: readonly string[]): Promise<void> {
    for (const ids of chunks(jobs)) {
      await this.#takeAll(await this.#found(ids));
    }
  }

  /** Those of the jobs that have a result. */
  async #found(ids: readonly string[]): Promise<FoundResult[]> {
    const results = await this.#results.get(ids);
    return ids.flatMap((id, i): FoundResult[] => (results[i] == null ? [] : [[id, results[i]]]));
  }

  async #takeAll(found: readonly FoundResult[]): Promise<void> {
    for (const some of chunks(found, KEPT_AT_ONCE)) {
      const taking = some.map(([id, result]) => this.#take(id, result));
      // Where one cannot be kept, the others are on the disk before the run ends.
      await Promise.allSettled(taking);
      await Promise.all(taking);
    }
  }

  #submit(ids: readonly string[]): Promise<void> {
    return this.#queue.submit(ids.map((id) => [id, this.#open.get(id)!.job] as const));
  }

  /** Submits again what the queue no longer knows: it lost its memory, or another command took the job back. */
  async #submitLost(): Promise<void> {
    for (const ids of chunks([...this.#open.keys()])) {
      const lost = await this.#queue.unknown(ids);
      // A job ends after its result is there: this look finds those that ended since the last.
      await this.#collect(lost);
      await this.#submit(lost.filter((id) => this.#open.has(id)));
    }
  }

  /** Writes a result down and forgets it. */
  async #take(id: string, result: QueueResult): Promise<void> {
    const pending = this.#open.get(id);
    if (pending === undefined) return;
    const { task, job } = pending;
    const outcome = await resultOutcome(this.#results, id, job, result, this.#options.promptDir);
    if (outcome === null) return;
    this.#open.delete(id);
    const told = { taskId: task.id, ...outcome };
    await this.#options.keep(told);
    this.#options.onEvent({ kind: 'finish', worker: this.#places.free(id), outcome: told });
    if (this.#alone) await this.#results.drop(id, job.wanted);
    // Only one whose worker was thought dead is still there.
    await this.#queue.remove(id);
  }

  /** Takes back what no worker has begun. */
  async #cancel(): Promise<void> {
    const taken = this.#alone ? await this.#queue.takeBack([...this.#open.keys()], LEAVE_WITHIN_MS) : 0;
    const left = this.#open.size - taken;
    this.#note(
      left === 0
        ? `${taken} jobs were taken back: nothing is left in the queue`
        : `${taken} jobs were taken back; ${left} stay with their workers or for another command: the same command collects what they bring, for a week`,
    );
    for (const [id, { task }] of this.#open) {
      const worker = this.#places.free(id);
      this.#options.onEvent({ kind: 'finish', worker, outcome: { taskId: task.id, status: 'cancelled' } });
    }
  }

  async #leave(): Promise<void> {
    // First, and whatever becomes of the rest: its own connection would keep this process alive.
    const closed = this.#events.close();
    // What it says of this command must not come after the leave.
    await this.#beating?.catch(() => {});
    const last = await this.#board.leave(this.#id, this.#command);
    if (last && this.#open.size === 0) await this.#queue.obliterate();
    await Promise.all([closed, this.#queue.close()]);
  }
}

/**
 * Computes cells by workers that take them from a queue.
 *
 * Results come back through the queue and are written by the command alone: workers need no folder in common with it.
 */
export function queuePool(
  connection: QueueConnection,
  run: QueuedRun,
  note: (message: string) => void,
): RemotePool {
  return { run: (tasks, options) => new Submission(connection, run, tasks, options, note).whole() };
}
