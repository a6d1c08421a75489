import type { Admission, Outcome, PoolEvent, Task } from './task.ts';

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
