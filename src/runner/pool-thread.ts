import type { ThreadCall, ThreadReply } from './pool-messages.ts';
import { toTaskError } from './task-error.ts';
import { throwIfCancelled, type WorkerFunction, type WorkerJob } from './worker-job.ts';

/**
 * Runs one task in a thread of the pool: loads the worker module (once a thread), calls its default export and
 * makes plain data of what comes out. Never throws.
 */
export async function runInThread(call: ThreadCall, load: (url: string) => unknown): Promise<ThreadReply> {
  const { taskId, payload, threads, cancelFlag } = call;
  const job: WorkerJob = { taskId, payload, threads, cancelFlag };
  try {
    // One that was handed out ahead may come after the run was told to stop.
    throwIfCancelled(job);
    const work = loadWorker(call.workerModule, load);
    const value = await work(job);
    // What cannot be cloned would end the thread when it is sent; here it fails one task, with a message.
    structuredClone(value);
    return { status: 'ok', value };
  } catch (error) {
    const taskError = toTaskError(error);
    return taskError.code === 'CANCELLED' ? { status: 'cancelled' } : { status: 'failed', error: taskError };
  }
}

/** @param load Reads a module; one that was read before is at hand. */
function loadWorker(url: string, load: (url: string) => unknown): WorkerFunction {
  const { default: work } = load(url) as { readonly default?: unknown };
  if (!isWorkerFunction(work)) throw new Error(`internal: ${url} has no function as its default export`);
  return work;
}

function isWorkerFunction(value: unknown): value is WorkerFunction {
  return typeof value === 'function';
}
