import {
  type JobValue,
  type Outcome,
  type Parallelism,
  type PlannedTask,
  type PoolEvent,
  runTasks,
  type TaskFeed,
} from '../runner/index.ts';

interface Waiting {
  readonly task: PlannedTask;
  readonly settle: (outcome: Outcome<JobValue>) => void;
  readonly progress: (fraction: number, message?: string) => void;
}

/** How a pool behaves. */
export interface FedPoolOptions extends Parallelism {
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly note: (message: string) => void;
}

/** The pool of this machine, given work piece by piece for as long as a worker serves. */
export class FedPool {
  /** Ends with the pool. @throws {UserError} POOL_START_FAILED */
  readonly over: Promise<void>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #note: (message: string) => void;
  #feed: TaskFeed | null = null;

  constructor({ workers, threads, environment, signal, note }: FedPoolOptions) {
    this.#note = note;
    this.over = runTasks<JobValue>([], {
      workers,
      threads,
      environment,
      signal,
      workerModule: new URL('../runner/worker.ts', import.meta.url),
      feed: (feed) => {
        this.#feed = feed;
      },
      onEvent: (event) => this.#hear(event),
    }).then(() => {});
  }

  /**
   * Runs tasks. @returns the outcome of each; failed and cancelled ones are outcomes, not errors.
   * @param progress Of the last.
   */
  run(
    tasks: readonly PlannedTask[],
    progress: (fraction: number, message?: string) => void,
    ended: (task: PlannedTask, outcome: Outcome<JobValue>) => void,
  ): Promise<Outcome<JobValue>> {
    const last = tasks.at(-1)!;
    return new Promise((resolve) => {
      for (const task of tasks) {
        const settle = (outcome: Outcome<JobValue>): void => {
          ended(task, outcome);
          if (task === last) resolve(outcome);
        };
        this.#waiting.set(task.id, { task, settle, progress: task === last ? progress : () => {} });
      }
      this.#feed!.add(tasks);
    });
  }

  end(): void {
    this.#feed?.end();
  }

  #hear(event: PoolEvent<JobValue>): void {
    switch (event.kind) {
      case 'progress':
        this.#waiting.get(event.taskId)?.progress(event.fraction, event.message);
        return;
      case 'finish': {
        const waiting = this.#waiting.get(event.outcome.taskId);
        this.#waiting.delete(event.outcome.taskId);
        waiting?.settle(event.outcome);
        return;
      }
      case 'restart':
        this.#note(`the process that computes ended (${event.reason}); starting it again`);
        return;
      case 'log':
        this.#note(event.line);
        return;
      case 'start':
      case 'memory':
      case 'workers':
        return;
      default:
        event satisfies never;
    }
  }
}
