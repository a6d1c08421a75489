import type { RunTasksOptions } from './pool-options.ts';
import { PoolRun } from './pool-run.ts';
import type { Outcome, Task } from './task.ts';
import { TaskSchedule } from './task-schedule.ts';

/**
 * Runs tasks on a pool of worker threads that lives in a child process.
 *
 * A task that throws fails alone. If the process dies, it is started again with the tasks that were running, one
 * at a time; a task under which it dies twice (four times, if others need it) fails with `WORKER_CRASHED`. No child is left when the promise
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
    await new PoolRun(schedule, tasks.length, options as RunTasksOptions).whole();
  return schedule.outcomes() as Outcome<V>[];
}
