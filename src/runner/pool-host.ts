/**
 * Entry of the child process in which the piscina pool lives; started by `HostProcess`, never imported.
 *
 * A native crash, or the end of a thread inside native code, ends the whole process it happens in: this one, which
 * the command watches and restarts. This thread only passes messages on; computation is in the pool's threads.
 */
import { Piscina } from 'piscina';
import type { FromHost, ThreadCall, ThreadReply, ToHost } from './pool-messages.ts';
import { toTaskError } from './task-error.ts';
import type { ProgressMessage } from './worker-job.ts';

/** How often this process tells how much memory it holds. */
const MEMORY_EVERY_MS = 2_000;

interface OpenPool {
  readonly pool: Piscina<ThreadCall, ThreadReply>;
  readonly threads: number;
  readonly workerModule: string;
}

const cancelFlag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
let open: OpenPool | null = null;

// Ctrl-C reaches every process of the terminal's group; the command alone decides what it means.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

// The command is gone, even by kill -9: nobody will read a result. process.exit would first wait for the native
// code of the threads, so this process kills itself.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
if (!process.connected) process.kill(process.pid, 'SIGKILL');

process.on('message', (message: ToHost) => {
  switch (message.kind) {
    case 'open':
      open = openPool(message.workers, message.threads, message.workerModule);
      send({ kind: 'ready' });
      setInterval(() => send({ kind: 'memory', bytes: process.memoryUsage.rss() }), MEMORY_EVERY_MS).unref();
      return;
    case 'run':
      for (const { taskId, payload } of message.tasks) void run(taskId, payload);
      return;
    case 'cancel':
      Atomics.store(new Int32Array(cancelFlag), 0, 1);
      return;
    case 'close':
      process.exit(0);
      return;
    default:
      message satisfies never;
  }
});

function openPool(workers: number, threads: number, workerModule: string): OpenPool {
  const pool = new Piscina<ThreadCall, ThreadReply>({
    filename: new URL('./pool-thread.mjs', import.meta.url).href,
    // Without --import tsx: see pool-thread.mjs.
    execArgv: [],
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
    // The command reckons that tasks are begun in the order it sends them.
    stricterFIFO: true,
    idleTimeout: Number.POSITIVE_INFINITY,
    // A thread that waits in Atomics.wait would stop whatever a library still has to do between two tasks.
    atomics: 'disabled',
    recordTiming: false,
  });
  pool.on('message', (message: unknown) => {
    if (isProgress(message)) send(message);
  });
  // A thread that dies between two tasks; the pool replaces it.
  pool.on('error', (error: unknown) => process.stderr.write(`${toTaskError(error).stack}\n`));
  return { pool, threads, workerModule };
}

async function run(taskId: string, payload: unknown): Promise<void> {
  let reply: ThreadReply;
  try {
    if (open === null) throw new Error('internal: a task before the pool');
    const { pool, threads, workerModule } = open;
    reply = await pool.run({ workerModule, taskId, payload, threads, cancelFlag });
  } catch (error) {
    // pool-thread answers every throw of a task: what comes here is a thread that ended.
    reply = { status: 'failed', error: toTaskError(error, 'WORKER_EXITED') };
  }
  send({ kind: 'done', taskId, reply });
}

function send(message: FromHost): void {
  // Gone: 'disconnect' is on its way. The callback keeps a broken channel from becoming an uncaught error.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

function isProgress(message: unknown): message is ProgressMessage {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'progress';
}
