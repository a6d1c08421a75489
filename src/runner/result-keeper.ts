import type { RunTasksOptions } from './pool-options.ts';
import type { Outcome } from './task.ts';

/** With more on their way no task is handed out: results that wait for the disk fill the memory. */
const MOST = 128;

/** Results on their way to the disk. */
export class ResultKeeper {
  readonly #keep: NonNullable<RunTasksOptions['keep']>;
  readonly #act: (step: () => void) => void;
  readonly #open = new Set<Promise<void>>();

  /** @param act Takes what is to happen once a result is kept; a step that throws says that it could not be. */
  constructor(keep: RunTasksOptions['keep'] = () => null, act: (step: () => void) => void) {
    this.#keep = keep;
    this.#act = act;
  }

  get empty(): boolean {
    return this.#open.size === 0;
  }

  get full(): boolean {
    return this.#open.size >= MOST;
  }

  /** @returns Whether there is something to keep; then `kept` follows. */
  keep(outcome: Outcome, kept: () => void): boolean {
    const keeping = this.#keep(outcome);
    if (keeping === null) return false;
    this.#open.add(keeping);
    const end = (step: () => void): void => {
      this.#open.delete(keeping);
      this.#act(step);
    };
    keeping.then(
      () => end(kept),
      (error: unknown) =>
        end(() => {
          throw error;
        }),
    );
    return true;
  }

  /** When nothing is on its way any more, well or not. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#open);
  }
}
