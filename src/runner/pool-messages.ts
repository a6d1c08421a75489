import type { TaskError } from './task.ts';
import type { ProgressMessage } from './worker-job.ts';

/** From the command to the process of the pool. */
export type ToHost =
  /** First and once. `workerModule` is a file URL; its default export is a WorkerFunction. */
  | {
      readonly kind: 'open';
      readonly workers: number;
      readonly threads: number;
      readonly workerModule: string;
    }
  /** Only after `ready`. Workers take them in their order. */
  | {
      readonly kind: 'run';
      readonly tasks: readonly { readonly taskId: string; readonly payload: unknown }[];
    }
  /** Raise the flag that workers read between steps. */
  | { readonly kind: 'cancel' }
  /** Nothing runs any more: end. */
  | { readonly kind: 'close' };

/** From the process of the pool to the command. */
export type FromHost =
  | { readonly kind: 'ready' }
  | ProgressMessage
  /** Resident memory of the process. */
  | { readonly kind: 'memory'; readonly bytes: number }
  | { readonly kind: 'done'; readonly taskId: string; readonly reply: ThreadReply };

/** From the pool to one of its threads. */
export interface ThreadCall {
  readonly workerModule: string;
  readonly taskId: string;
  readonly payload: unknown;
  readonly threads: number;
  readonly cancelFlag: SharedArrayBuffer;
}

/** What came of a call: an outcome without its task. */
export type ThreadReply =
  | { readonly status: 'ok'; readonly value: unknown }
  | { readonly status: 'failed'; readonly error: TaskError }
  | { readonly status: 'cancelled' };
