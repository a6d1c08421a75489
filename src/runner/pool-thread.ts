import type { ThreadCall, ThreadReply } from './pool-messages.ts';
import { toTaskError } from './task-error.ts';
import { throwIfCancelled, type WorkerFunction, type WorkerJob } from './worker-job.ts';

/**
 * Runs one task in a thread of the pool: loads the worker module (once a thread), calls its default export and
 * makes plain data of what comes out. Never throws.
 */
export async function runInThread(call: ThreadCall): Promise<ThreadReply> {
  const { taskId, payload, threads, cancelFlag } = call;
  const job: WorkerJob = { taskId, payload, threads, cancelFlag };
  try {
    // One that was handed out ahead may come after the run was told to stop.
    throwIfCancelled(job);
    const work = await loadWorker(call.workerModule);
    const value = await work(job);
    // What cannot be cloned would end the thread when it is sent; here it fails one task, with a message.
    structuredClone(value);
    return { status: 'ok', value };
  } catch (error) {
    const taskError = toTaskError(error);
    return taskError.code === 'CANCELLED' ? { status: 'cancelled' } : { status: 'failed', error: taskError };
  }
}

/** By URL; a pool has one. */
const loaded = new Map<string, WorkerFunction>();

async function loadWorker(url: string): Promise<WorkerFunction> {
  const known = loaded.get(url);
  if (known !== undefined) return known;
  const module: { readonly default?: unknown } = await import(url);
  const work = module.default;
  if (!isWorkerFunction(work)) throw new Error(`internal: ${url} has no function as its default export`);
  loaded.set(url, work);
  return work;
}

function isWorkerFunction(value: unknown): value is WorkerFunction {
  return typeof value === 'function';
}
