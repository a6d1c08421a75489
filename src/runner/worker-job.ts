import { parentPort } from 'node:worker_threads';

/** What the default export of a worker module gets. */
export interface WorkerJob<P = unknown> {
  readonly taskId: string;
  readonly payload: P;
  /** Threads the numeric runtime may use. */
  readonly threads: number;
  /** One Int32, shared by all workers: not 0 once the run is to stop. */
  readonly cancelFlag: SharedArrayBuffer;
}

/** The default export of a worker module. What it returns must be plain data (structured clone). */
export type WorkerFunction<P = unknown, V = unknown> = (job: WorkerJob<P>) => V | Promise<V>;

/** What a worker posts to tell how far it is. */
export interface ProgressMessage {
  readonly kind: 'progress';
  readonly taskId: string;
  /** 0 to 1. */
  readonly fraction: number;
  readonly message?: string;
}

/** Thrown by a worker that was asked to stop: its task ends as cancelled, not as failed. */
export class CancelledError extends Error {
  readonly code = 'CANCELLED';

  constructor() {
    super('stopped on request');
    this.name = 'CancelledError';
  }
}

/**
 * Whether the run is to stop. Cheap: a worker asks between any two steps. A thread is never ended from outside,
 * because that aborts the process when native code is running in it.
 */
export function isCancelled(job: Pick<WorkerJob, 'cancelFlag'>): boolean {
  return Atomics.load(new Int32Array(job.cancelFlag), 0) !== 0;
}

/** @throws {CancelledError} The run is to stop. */
export function throwIfCancelled(job: Pick<WorkerJob, 'cancelFlag'>): void {
  if (isCancelled(job)) throw new CancelledError();
}

const REPORT_EVERY_MS = 100;
let lastReport: { readonly taskId: string; readonly atMs: number } | null = null;

/**
 * Tells the command how far a task is, at most ten times a second; call it as often as convenient. Does nothing
 * outside a worker thread.
 *
 * @param fraction 0 to 1.
 * @param message What is being done, e.g. `epoch 12 of 50`.
 */
export function reportProgress(job: Pick<WorkerJob, 'taskId'>, fraction: number, message?: string): void {
  if (parentPort === null) return;
  const now = performance.now();
  if (lastReport?.taskId === job.taskId && now - lastReport.atMs < REPORT_EVERY_MS) return;
  lastReport = { taskId: job.taskId, atMs: now };
  const report: ProgressMessage = {
    kind: 'progress',
    taskId: job.taskId,
    fraction,
    ...(message === undefined ? {} : { message }),
  };
  parentPort.postMessage(report);
}
