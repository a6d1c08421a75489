import { UserError } from '../config/index.ts';
import { HostProcess } from './host-process.ts';
import type { FromHost } from './pool-messages.ts';
import type { Admission, Outcome, PoolEvent, Task, TaskError } from './task.ts';
import { TaskSchedule } from './task-schedule.ts';

/** With what follows, a person who stops a run has the terminal back within two seconds. */
const GRACE_MS = 1_200;
/** A process that dies this often in a row before it is ready will not come up. */
const STARTS_TO_GIVE_UP = 2;
/** One that has not answered by then is killed, and counts as one that died. */
const START_WITHIN_MS = 60_000;
/** How often tasks that another run is at are asked for again. */
const RECALL_MS = 300;
/** Results that may be on their way to the disk; with more, no task starts: they fill the memory. */
const KEEPING_MOST = 64;

/** Adds tasks to a run that has begun. */
export interface TaskFeed {
  /** Takes further tasks, behind those that wait; see `TaskSchedule.add`. After an abort they end as cancelled. */
  add(tasks: readonly Task[]): void;
  /** No more will come: the run ends when those it has are done. */
  end(): void;
}

/** How to run tasks. */
export interface RunTasksOptions<V = unknown> {
  /** Tasks at once, ≥ 1; see `resolveParallelism`. */
  readonly workers: number;
  /** Threads each task's numeric runtime may use; passed on to the worker module. */
  readonly threads: number;
  /** File whose default export is a `WorkerFunction`. */
  readonly workerModule: URL;
  /** Asked before each task starts. Default: all may, as they are. If it throws, the run ends with that error. */
  readonly admit?: (task: Task) => Admission;
  /**
   * Makes what a task brought durable: called when the task has ended, whose `finish` is told once it is kept. Null:
   * there is nothing to keep. Further tasks run meanwhile. If it throws or rejects, the run ends with that error.
   */
  readonly keep?: (outcome: Outcome<V>) => Promise<void> | null;
  /** Called for everything that happens, on this thread. If it throws, the run ends with that error. */
  readonly onEvent?: (event: PoolEvent<V>) => void;
  /** Stops the run: nothing new starts, running tasks are asked to stop. */
  readonly signal?: AbortSignal;
  /** After an abort, running tasks have this long to stop before their process is killed. Default 1.2 s. */
  readonly graceMs?: number;
  /** Environment variables of the child process, over those of this one. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called at once. With it the run takes tasks until the feed is ended, and keeps no outcomes. */
  readonly feed?: (feed: TaskFeed) => void;
}

/**
 * Runs tasks on a pool of worker threads that lives in a child process.
 *
 * A task that throws fails alone. If the process dies, it is started again with the tasks that were running, one
 * at a time; a task under which it dies twice fails with `WORKER_CRASHED`. No child is left when the promise
 * settles, nor when this process dies, however it does.
 *
 * `V`: what the worker module returns; the caller vouches for it.
 *
 * @returns One outcome a task, in the order of the tasks; with a feed, none. Failed and cancelled tasks are outcomes, not errors.
 * @throws {UserError} `POOL_START_FAILED`: the child process ends before it can work.
 * @throws {Error} Tasks with equal ids, unknown needs or needs in a circle; or what `keep` or `onEvent` threw.
 */
export async function runTasks<V = unknown, P = unknown>(
  tasks: readonly Task<P>[],
  options: RunTasksOptions<V>,
): Promise<Outcome<V>[]> {
  const schedule = new TaskSchedule(tasks, { forgets: options.feed !== undefined });
  if (tasks.length > 0 || options.feed !== undefined)
    await new Run(schedule, tasks.length, options as RunTasksOptions).whole();
  return schedule.outcomes() as Outcome<V>[];
}

/** One call of `runTasks`. */
class Run {
  readonly #schedule: TaskSchedule;
  readonly #options: RunTasksOptions;
  readonly #workers: number;
  /** Task id on each place of the pool, or null. */
  readonly #places: (string | null)[];
  #host: HostProcess | null = null;
  #ready = false;
  #failedStarts = 0;
  #stopping = false;
  /** Whether tasks may still be added. */
  #fed: boolean;
  #error: { readonly thrown: unknown } | null = null;
  #graceTimer: NodeJS.Timeout | undefined;
  #startTimer: NodeJS.Timeout | undefined;
  #recallTimer: NodeJS.Timeout | undefined;
  /** What has happened and was not told yet. */
  readonly #untold: PoolEvent[] = [];
  /** Results on their way to the disk. */
  readonly #keeping = new Set<Promise<void>>();
  #resolve: () => void = () => {};

  constructor(schedule: TaskSchedule, taskCount: number, options: RunTasksOptions) {
    this.#schedule = schedule;
    this.#options = options;
    this.#fed = options.feed !== undefined;
    this.#workers = this.#fed ? options.workers : Math.min(options.workers, taskCount);
    this.#places = new Array<string | null>(this.#workers).fill(null);
  }

  async whole(): Promise<void> {
    const { signal } = this.#options;
    const abort = (): void => this.#guard(() => this.#stop());
    try {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
        signal?.addEventListener('abort', abort, { once: true });
        if (signal?.aborted) abort();
        else this.#guard(() => this.#startHost());
        this.#options.feed?.({
          add: (tasks) => this.#guard(() => this.#add(tasks)),
          end: () =>
            this.#guard(() => {
              this.#fed = false;
            }),
        });
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      clearTimeout(this.#graceTimer);
      clearTimeout(this.#startTimer);
      clearTimeout(this.#recallTimer);
      // A run that ended by an error may have tasks in it: those are not waited for.
      if (this.#error !== null) this.#host?.kill();
      await this.#host?.close();
      await Promise.allSettled(this.#keeping);
    }
    if (this.#error !== null) throw this.#error.thrown;
  }

  /** Nothing runs or waits, and nothing more will come. */
  get #over(): boolean {
    return this.#schedule.settled && (!this.#fed || this.#stopping);
  }

  #add(tasks: readonly Task[]): void {
    this.#schedule.add(tasks);
    if (this.#stopping) this.#settle(this.#schedule.cancelWaiting(), null);
  }

  #startHost(): void {
    this.#ready = false;
    this.#host = new HostProcess(
      {
        onMessage: (message) => this.#guard(() => this.#hear(message)),
        onLine: (line) => this.#guard(() => this.#untold.push({ kind: 'log', line })),
        onEnd: (how, lastLines) => this.#guard(() => this.#hostEnded(how, lastLines)),
      },
      this.#options.environment,
    );
    this.#startTimer = setTimeout(() => this.#host?.kill(), START_WITHIN_MS);
    this.#host.send({
      kind: 'open',
      workers: this.#workers,
      threads: this.#options.threads,
      workerModule: this.#options.workerModule.href,
    });
  }

  /** Every event handler goes through here: it acts, starts what may start now, and ends the run on an error. */
  #guard(step: () => void): void {
    try {
      step();
      this.#startTasks();
    } catch (error) {
      this.#error ??= { thrown: error };
    }
    if (this.#error !== null || (this.#over && this.#keeping.size === 0)) this.#resolve();
  }

  #startTasks(): void {
    // Asked anew after every event: a listener may have aborted the run, or thrown, at the one before.
    while (this.#error === null) {
      const event = this.#untold.shift();
      if (event !== undefined) this.#keepAndEmit(event);
      else if (!this.#sendTask()) return;
    }
  }

  /** Hands out one task, if there is one and a place for it. Its start is told later. */
  #sendTask(): boolean {
    if (!this.#ready || this.#stopping || this.#error !== null) return false;
    if (this.#keeping.size >= KEEPING_MOST) return false;
    const worker = this.#places.indexOf(null);
    if (worker < 0) return false;
    const settled: Outcome[] = [];
    const task = this.#schedule.start(this.#options.admit, settled);
    this.#settle(settled, null);
    if (task !== null) {
      this.#places[worker] = task.id;
      this.#host?.send({ kind: 'run', taskId: task.id, payload: task.payload });
      this.#untold.push({ kind: 'start', taskId: task.id, worker });
    } else if (this.#schedule.waiting) this.#recallLater();
    return task !== null || settled.length > 0;
  }

  #recallLater(): void {
    if (this.#recallTimer !== undefined) return;
    this.#recallTimer = setTimeout(() => {
      this.#recallTimer = undefined;
      this.#guard(() => this.#schedule.recall());
    }, RECALL_MS);
  }

  #hear(message: FromHost): void {
    switch (message.kind) {
      case 'ready':
        clearTimeout(this.#startTimer);
        this.#ready = true;
        this.#failedStarts = 0;
        return;
      case 'progress': {
        // Progress travels on another port than the result and may come after it.
        const worker = this.#places.indexOf(message.taskId);
        if (worker >= 0) this.#untold.push({ ...message, worker });
        return;
      }
      case 'memory':
        this.#untold.push(message);
        return;
      case 'done': {
        const worker = this.#places.indexOf(message.taskId);
        if (worker < 0) throw new Error(`internal: ${message.taskId} ended but was not running`);
        this.#places[worker] = null;
        this.#settle(this.#schedule.finish({ taskId: message.taskId, ...message.reply }), worker);
        // The worker has its next task before anyone looks at the result: writing a record takes milliseconds.
        this.#sendTask();
        return;
      }
      default:
        message satisfies never;
    }
  }

  #hostEnded(how: string, lastLines: readonly string[]): void {
    clearTimeout(this.#startTimer);
    this.#host = null;
    if (this.#over || this.#error !== null) return;
    if (!this.#ready && !this.#stopping) this.#countFailedStart(how, lastLines);
    const places = [...this.#places];
    this.#places.fill(null);
    if (this.#stopping) {
      for (const [worker, taskId] of places.entries()) {
        if (taskId === null) continue;
        this.#settle(this.#schedule.finish({ taskId, status: 'cancelled' }), worker);
      }
      return;
    }
    const { again, settled } = this.#schedule.crash(() => crashError(how, lastLines));
    for (const outcome of settled) this.#settle([outcome], place(places, outcome.taskId));
    if (this.#over) return;
    this.#untold.push({ kind: 'restart', reason: how, taskIds: again });
    this.#startHost();
  }

  #countFailedStart(how: string, lastLines: readonly string[]): void {
    this.#failedStarts += 1;
    if (this.#failedStarts < STARTS_TO_GIVE_UP) return;
    throw new UserError('POOL_START_FAILED', {
      where: 'starting the process that computes',
      expected: 'a Node process that answers',
      found: [how, ...lastLines].join('\n            '),
      hint: 'npm ci, in case the installation is incomplete; fewer --workers, in case memory is short',
    });
  }

  #stop(): void {
    this.#stopping = true;
    this.#settle(this.#schedule.cancelWaiting(), null);
    if (this.#over) return;
    this.#host?.send({ kind: 'cancel' });
    this.#graceTimer = setTimeout(() => this.#host?.kill(), this.#options.graceMs ?? GRACE_MS);
  }

  /** Has settled tasks told of: the first ran on `worker`, the others never started. */
  #settle(outcomes: readonly Outcome[], worker: number | null): void {
    for (const [index, outcome] of outcomes.entries()) {
      this.#untold.push({ kind: 'finish', worker: index === 0 ? worker : null, outcome });
    }
  }

  #keepAndEmit(event: PoolEvent): void {
    const kept = event.kind === 'finish' ? this.#options.keep?.(event.outcome) : null;
    if (!kept) {
      this.#options.onEvent?.(event);
      return;
    }
    const settle = (step: () => void): void => {
      this.#keeping.delete(kept);
      this.#guard(step);
    };
    this.#keeping.add(kept);
    kept.then(
      () => settle(() => this.#options.onEvent?.(event)),
      (error: unknown) =>
        settle(() => {
          throw error;
        }),
    );
  }
}

function place(places: readonly (string | null)[], taskId: string): number | null {
  const index = places.indexOf(taskId);
  return index < 0 ? null : index;
}

function crashError(how: string, lastLines: readonly string[]): TaskError {
  const said = lastLines.length === 0 ? '' : `; it printed last:\n${lastLines.join('\n')}`;
  return {
    code: 'WORKER_CRASHED',
    message: `the process that computes ended twice while this ran (${how}); memory may have run out${said}`,
  };
}
