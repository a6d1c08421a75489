import type { FromHost, ToHost } from './pool-messages.ts';
import type { RunTasksOptions } from './pool-options.ts';
import { PoolPlaces } from './pool-places.ts';
import { PoolProcess } from './pool-process.ts';
import { ResultKeeper } from './result-keeper.ts';
import type { Outcome, PoolEvent, Task, TaskError } from './task.ts';
import type { TaskSchedule } from './task-schedule.ts';

/** With what follows, a person who stops a run has the terminal back within two seconds. */
const GRACE_MS = 1_200;
/** How often tasks that another run is at are asked for again. */
const RECALL_MS = 300;
/** Results of quick tasks wait this long at most to be looked at together: a core is woken, and filled, less often. */
const GATHER_MS = 200;

type StartedTask = Extract<ToHost, { kind: 'run' }>['tasks'][number];

/** One call of `runTasks`. */
export class PoolRun {
  readonly #schedule: TaskSchedule;
  readonly #options: RunTasksOptions;
  readonly #host: PoolProcess;
  readonly #places: PoolPlaces;
  readonly #keeper: ResultKeeper;
  #stopping = false;
  /** Whether tasks may still be added. */
  #fed: boolean;
  #error: { readonly thrown: unknown } | null = null;
  #graceTimer: NodeJS.Timeout | undefined;
  #recallTimer: NodeJS.Timeout | undefined;
  #gatherTimer: NodeJS.Timeout | undefined;
  /** What has happened and was not told yet. */
  readonly #untold: PoolEvent[] = [];
  #resolve: () => void = () => {};

  constructor(schedule: TaskSchedule, taskCount: number, options: RunTasksOptions) {
    this.#schedule = schedule;
    this.#options = options;
    this.#fed = options.feed !== undefined;
    const workers = this.#fed ? options.workers : Math.min(options.workers, taskCount);
    this.#places = new PoolPlaces(workers);
    this.#host = new PoolProcess(
      { kind: 'open', workers, threads: options.threads, workerModule: options.workerModule.href },
      {
        onMessage: (message) => this.#guard(() => this.#hear(message)),
        onLine: (line) => this.#guard(() => this.#untold.push({ kind: 'log', line })),
        onEnd: (how, lastLines) => this.#guard(() => this.#hostEnded(how, lastLines)),
      },
      options.environment,
    );
    this.#keeper = new ResultKeeper(options.keep, (step) => this.#guard(step));
  }

  async whole(): Promise<void> {
    const { signal } = this.#options;
    const abort = (): void => this.#guard(() => this.#stop());
    try {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
        signal?.addEventListener('abort', abort, { once: true });
        if (signal?.aborted) abort();
        else this.#guard(() => this.#host.start());
        this.#options.feed?.({
          add: (tasks) => this.#guard(() => this.#add(tasks)),
          end: () =>
            this.#guard(() => {
              this.#fed = false;
            }),
        });
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      clearTimeout(this.#graceTimer);
      clearTimeout(this.#recallTimer);
      clearTimeout(this.#gatherTimer);
      // A run that ended by an error may have tasks in it: those are not waited for.
      if (this.#error !== null) this.#host.kill();
      this.#keepUntold();
      await this.#host.close();
      await this.#keeper.idle();
    }
    if (this.#error !== null) throw this.#error.thrown;
  }

  /** Nothing runs or waits, and nothing more will come. */
  get #over(): boolean {
    return this.#schedule.settled && (!this.#fed || this.#stopping);
  }

  #add(tasks: readonly Task[]): void {
    this.#schedule.add(tasks);
    if (this.#stopping) this.#settle(this.#schedule.cancelWaiting(), null);
  }

  /** Every event handler goes through here: it acts, starts what may start now, and ends the run on an error. */
  #guard(step: () => void): void {
    try {
      step();
      this.#startTasks();
    } catch (error) {
      this.#error ??= { thrown: error };
    }
    if (this.#error !== null || (this.#over && this.#keeper.empty)) this.#resolve();
  }

  /** Whether results are still being gathered: nothing has to be done for any worker yet. */
  get #gathers(): boolean {
    return this.#gatherTimer !== undefined && this.#places.supplied && !this.#stopping;
  }

  #gather(): void {
    this.#gatherTimer ??= setTimeout(() => {
      this.#gatherTimer = undefined;
      // Workers first: to write down what was gathered takes longer than what they have to do yet.
      this.#guard(() => void this.#sendTasks());
    }, GATHER_MS);
  }

  #startTasks(): void {
    if (this.#gathers) return;
    // Asked anew after every event: a listener may have aborted the run, or thrown, at the one before.
    while (this.#error === null) {
      const event = this.#untold.shift();
      if (event !== undefined) this.#keepAndTell(event);
      else if (!this.#sendTasks()) return;
    }
  }

  /** Hands out what there is a place for. @returns Whether there is something to tell. */
  #sendTasks(): boolean {
    const ahead: StartedTask[] = [];
    while (this.#startTask(ahead));
    if (ahead.length > 0) this.#host.send({ kind: 'run', tasks: ahead });
    return this.#untold.length > 0;
  }

  /**
   * Starts one task, if there is one and a place for it. That it has started is told later.
   *
   * @param ahead Gets one that no worker waits for, to be sent with others: claiming them may take a while.
   */
  #startTask(ahead: StartedTask[]): boolean {
    if (!this.#host.ready || this.#stopping || this.#error !== null) return false;
    const { mostCost } = this.#places;
    if (this.#keeper.full || mostCost === null) return false;
    const settled: Outcome[] = [];
    const task = this.#schedule.start(this.#options.admit, settled, mostCost);
    this.#settle(settled, null);
    if (task !== null) {
      const started = { taskId: task.id, payload: task.payload };
      const worker = this.#places.take(task.id, task.cost);
      if (worker === null) ahead.push(started);
      else {
        this.#host.send({ kind: 'run', tasks: [started] });
        this.#untold.push({ kind: 'start', taskId: task.id, worker, heardMs: performance.now() });
      }
    } else if (this.#schedule.waiting) this.#recallLater();
    return task !== null || settled.length > 0;
  }

  #recallLater(): void {
    if (this.#recallTimer !== undefined) return;
    this.#recallTimer = setTimeout(() => {
      this.#recallTimer = undefined;
      this.#guard(() => this.#schedule.recall());
    }, RECALL_MS);
  }

  #hear(message: FromHost): void {
    switch (message.kind) {
      case 'ready':
        return;
      case 'progress': {
        // Progress travels on another port than the result and may come after it.
        const worker = this.#places.of(message.taskId);
        if (worker !== null) this.#untold.push({ ...message, worker });
        return;
      }
      case 'memory':
        this.#untold.push(message);
        return;
      case 'done': {
        const { worker, next } = this.#places.end(message.taskId);
        this.#settle(this.#schedule.finish({ taskId: message.taskId, ...message.reply }), worker);
        if (next !== null)
          this.#untold.push({ kind: 'start', taskId: next, worker, heardMs: performance.now() });
        if (this.#places.supplied) this.#gather();
        // The worker has its next task before anyone looks at the result: making a record takes milliseconds.
        else this.#sendTasks();
        return;
      }
      default:
        message satisfies never;
    }
  }

  #hostEnded(how: string, lastLines: readonly string[]): void {
    if (this.#over || this.#error !== null) return;
    if (!this.#stopping) this.#host.countEnd(how, lastLines);
    const { running, ahead } = this.#places.clear();
    if (this.#stopping) {
      for (const taskId of [...running.keys(), ...ahead])
        this.#settle(this.#schedule.finish({ taskId, status: 'cancelled' }), running.get(taskId) ?? null);
      return;
    }
    for (const taskId of ahead) this.#schedule.putBack(taskId);
    const { again, settled } = this.#schedule.crash((_, times) => crashError(times, how, lastLines));
    for (const outcome of settled) this.#settle([outcome], running.get(outcome.taskId) ?? null);
    if (this.#over) return;
    this.#untold.push({ kind: 'restart', reason: how, taskIds: again });
    this.#host.start();
  }

  #stop(): void {
    this.#stopping = true;
    this.#settle(this.#schedule.cancelWaiting(), null);
    if (this.#over) return;
    this.#host.send({ kind: 'cancel' });
    this.#graceTimer = setTimeout(() => this.#host.kill(), this.#options.graceMs ?? GRACE_MS);
  }

  /** Has settled tasks told of: the first ran on `worker`, the others never started. */
  #settle(outcomes: readonly Outcome[], worker: number | null): void {
    for (const [index, outcome] of outcomes.entries()) {
      const heardMs = performance.now();
      this.#untold.push({ kind: 'finish', worker: index === 0 ? worker : null, outcome, heardMs });
    }
  }

  /** A run that ends by an error loses no result that has come: the next one finds it. */
  #keepUntold(): void {
    for (const event of this.#untold) {
      // Failures may come of what ends the run.
      if (event.kind !== 'finish' || event.outcome.status !== 'ok') continue;
      try {
        this.#keepAndTell(event, () => {});
      } catch {
        // What ended the run is thrown.
      }
    }
  }

  #keepAndTell(event: PoolEvent, tell = (): void => this.#options.onEvent?.(event)): void {
    if (event.kind !== 'finish' || !this.#keeper.keep(event.outcome, tell)) tell();
  }
}

function crashError(times: number, how: string, lastLines: readonly string[]): TaskError {
  const said = lastLines.length === 0 ? '' : `; it printed last:\n${lastLines.join('\n')}`;
  return {
    code: 'WORKER_CRASHED',
    message: `the process that computes ended ${times === 2 ? 'twice' : `${times} times`} while this ran (${how}); memory may have run out${said}`,
  };
}
