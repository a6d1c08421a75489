import type { JobValue } from './job.ts';
import type { Outcome, PoolEvent } from './task.ts';
import type { PlannedTask } from './tasks.ts';

/** Computes cells on other machines; `src/queue` is one. */
export interface RemotePool {
  /**
   * Computes the cells of tasks, in any order. Tasks that only prepare are left out: who computes prepares for itself.
   *
   * @param options.promptDir Learned prompts stand here before the event that brings their records.
   * @param options.keep, options.onEvent As of `runTasks`: every task ends with a `finish`.
   */
  run(
    tasks: readonly PlannedTask[],
    options: {
      readonly promptDir: string;
      readonly keep: (outcome: Outcome<JobValue>) => Promise<void> | null;
      readonly onEvent: (event: PoolEvent<JobValue>) => void;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<void>;
}
