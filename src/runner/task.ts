/**
 * One piece of work for the pool. Plain data: it crosses a process and a thread.
 *
 * `P` is what the worker module understands.
 */
export interface Task<P = unknown> {
  /** Unique within a run. */
  readonly id: string;
  /** Ids of tasks of the same run that must have ended well before this one starts. */
  readonly needs: readonly string[];
  /** Rough time on a core, ms, ≥ 0: for how much is left, and whether it may wait for a worker in the pool. */
  readonly cost: number;
  readonly payload: P;
}

/**
 * Why a task failed, as data, since an Error loses its class and fields between threads.
 *
 * Codes of the pool itself: `WORKER_CRASHED` (the process died twice under the task, or four times under one that others need), `WORKER_EXITED` (its thread
 * ended), `NEED_FAILED` (a task it needs failed). All others come from the error's own `code`; errors without one
 * get `UNEXPECTED_ERROR`.
 */
export interface TaskError {
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
}

/** How a task ended. `V` is what the worker module returns. */
export type Outcome<V = unknown> =
  | { readonly taskId: string; readonly status: 'ok'; readonly value: V }
  | { readonly taskId: string; readonly status: 'failed'; readonly error: TaskError }
  | { readonly taskId: string; readonly status: 'cancelled' }
  /** Another run has done it. `failed`: cells of it that could not be computed there. */
  | { readonly taskId: string; readonly status: 'elsewhere'; readonly failed: number };

/** Whether a task may start here and now. */
export type Admission<P = unknown> =
  /** It may, perhaps with less to do. */
  | { readonly kind: 'start'; readonly payload: P }
  /** Another run is at it: ask again later. */
  | { readonly kind: 'later' }
  /** Another run has done it. */
  | { readonly kind: 'done'; readonly failed: number };

/**
 * What happens while tasks run. `worker` counts the places of the pool from 0; it is no thread's number. `heardMs`:
 * when it happened, on the clock of `performance.now()`, where it is told later.
 */
export type PoolEvent<V = unknown> =
  | { readonly kind: 'start'; readonly taskId: string; readonly worker: number; readonly heardMs?: number }
  | {
      readonly kind: 'progress';
      readonly taskId: string;
      readonly worker: number;
      /** Done part of the task, 0 to 1. */
      readonly fraction: number;
      readonly message?: string;
    }
  /** `worker` is null for a task that never started. */
  | {
      readonly kind: 'finish';
      readonly worker: number | null;
      readonly outcome: Outcome<V>;
      readonly heardMs?: number;
    }
  /** The process of the pool died and another one is started; `taskIds` were running and run again. */
  | { readonly kind: 'restart'; readonly reason: string; readonly taskIds: readonly string[] }
  /** Resident memory of the process of the pool, every two seconds. */
  | { readonly kind: 'memory'; readonly bytes: number }
  /** Workers elsewhere that take tasks now, and how many tasks they run at once. */
  | { readonly kind: 'workers'; readonly workers: number; readonly places: number }
  /** A line some library printed in the process of the pool. */
  | { readonly kind: 'log'; readonly line: string };
