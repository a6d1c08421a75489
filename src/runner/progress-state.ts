import type { PoolEvent } from './task.ts';

/** One task as the display sees it. */
export interface ProgressTask {
  readonly id: string;
  /** Same unit for all tasks; see `Task.cost`. */
  readonly cost: number;
  /** What a person reads, e.g. `icons · CoOp M = 16 · 16 shots · seed 1`. */
  readonly label: string;
  /** Cells this task computes; 0 for tasks that only prepare. */
  readonly cells: number;
}

/** What one place of the pool is doing. */
export interface WorkerView {
  readonly label: string;
  readonly fraction: number;
  readonly message: string | null;
}

/** Everything a display shows, at one moment. */
export interface ProgressView {
  /** Cells that ended well or failed; cancelled ones are not done. */
  readonly doneCells: number;
  readonly totalCells: number;
  readonly failedCells: number;
  /** Cells that workers here are at. */
  readonly runningCells: number;
  /** Cells computed here a minute, since the start; null until there is one. */
  readonly cellsPerMinute: number | null;
  /** Resident memory of this process and the one that computes; null until it is known. */
  readonly memoryBytes: number | null;
  /** Done part of all costs, 0 to 1, begun tasks counted by their own progress. */
  readonly fraction: number;
  /** Estimate; null until something has been measured. 0 when nothing is left to run. */
  readonly timeLeftMs: number | null;
  readonly elapsedMs: number;
  /** By place; null where nothing runs. */
  readonly workers: readonly (WorkerView | null)[];
  /** Worker programs elsewhere that take tasks; null where this machine computes. */
  readonly remoteWorkers: number | null;
}

interface Running {
  readonly task: ProgressTask;
  readonly startedAt: number;
  fraction: number;
  message: string | null;
}

/** What the state cannot know by itself. */
export interface ProgressSources {
  /** Cells among the results of a task that could not be computed. */
  readonly failedIn?: (value: unknown) => number;
  /** Resident memory of this process, bytes. */
  readonly ownMemory?: () => number;
}

/** Adds up pool events. Knows no clock and no terminal: the time comes with every call, in ms. */
export class ProgressState {
  readonly #tasks: ReadonlyMap<string, ProgressTask>;
  readonly #places: (Running | null)[];
  #remoteWorkers: number | null = null;
  readonly #totalCost: number;
  readonly #totalCells: number;
  readonly #startedAt: number;
  #doneCost = 0;
  #doneCells = 0;
  #failedCells = 0;
  #computedCells = 0;
  /** How long those tasks took whose place has another by now, while their results are written; by id. */
  readonly #tookMs = new Map<string, number>();
  #poolMemory: number | null = null;
  readonly #sources: ProgressSources;
  #endedTasks = 0;
  #cancelledTasks = 0;
  /** Cost that was computed, and the time workers spent on it: their quotient is the rate of one worker. */
  #computedCost = 0;
  #busyMs = 0;

  constructor(tasks: readonly ProgressTask[], workers: number, now: number, sources: ProgressSources = {}) {
    this.#sources = sources;
    this.#tasks = new Map(tasks.map((task) => [task.id, task]));
    this.#places = new Array<Running | null>(workers).fill(null);
    this.#totalCost = tasks.reduce((sum, task) => sum + task.cost, 0);
    this.#totalCells = tasks.reduce((sum, task) => sum + task.cells, 0);
    this.#startedAt = now;
  }

  /** Takes one event of the pool; events of unknown tasks are ignored. */
  apply(event: PoolEvent, now: number): void {
    switch (event.kind) {
      case 'start': {
        const task = this.#tasks.get(event.taskId);
        if (task !== undefined) {
          this.#resize(Math.max(this.#places.length, event.worker + 1));
          const before = this.#places[event.worker];
          if (before) this.#tookMs.set(before.task.id, now - before.startedAt);
          this.#places[event.worker] = { task, startedAt: now, fraction: 0, message: null };
        }
        return;
      }
      case 'progress': {
        const running = this.#places[event.worker];
        if (running?.task.id !== event.taskId) return;
        running.fraction = Math.min(1, Math.max(0, event.fraction));
        running.message = event.message ?? running.message;
        return;
      }
      case 'finish':
        this.#finish(event, now);
        return;
      case 'restart':
        this.#places.fill(null);
        return;
      case 'memory':
        this.#poolMemory = event.bytes;
        return;
      case 'workers':
        this.#remoteWorkers = event.workers;
        this.#resize(Math.max(1, event.places));
        return;
      case 'log':
        return;
      default:
        event satisfies never;
    }
  }

  view(now: number): ProgressView {
    let doneCost = this.#doneCost;
    let computedCost = this.#computedCost;
    let busyMs = this.#busyMs;
    let runningCells = 0;
    for (const running of this.#places) runningCells += running?.task.cells ?? 0;
    const elapsedMs = now - this.#startedAt;
    for (const running of this.#places) {
      // A task that reports nothing would only make the rate look slow while it runs.
      if (running === null || running.fraction === 0) continue;
      doneCost += running.fraction * running.task.cost;
      computedCost += running.fraction * running.task.cost;
      busyMs += now - running.startedAt;
    }
    const openTasks = this.#tasks.size - this.#endedTasks;
    const ended = openTasks === 0;
    return {
      doneCells: this.#doneCells,
      totalCells: this.#totalCells,
      failedCells: this.#failedCells,
      runningCells,
      cellsPerMinute:
        this.#computedCells === 0 || elapsedMs <= 0 ? null : (this.#computedCells * 60_000) / elapsedMs,
      memoryBytes: this.#poolMemory === null ? null : this.#poolMemory + (this.#sources.ownMemory?.() ?? 0),
      fraction:
        ended && this.#cancelledTasks === 0 ? 1 : doneCost / Math.max(this.#totalCost, Number.MIN_VALUE),
      timeLeftMs: ended ? 0 : this.#timeLeft(this.#totalCost - doneCost, computedCost, busyMs, openTasks),
      elapsedMs,
      workers: this.#places.map((running) =>
        running === null
          ? null
          : { label: running.task.label, fraction: running.fraction, message: running.message },
      ),
      remoteWorkers: this.#remoteWorkers,
    };
  }

  /** Workers elsewhere come and go; a place where something runs stays. */
  #resize(count: number): void {
    while (this.#places.length < count) this.#places.push(null);
    while (this.#places.length > count && this.#places.at(-1) === null) this.#places.pop();
  }

  #timeLeft(openCost: number, computedCost: number, busyMs: number, openTasks: number): number | null {
    if (computedCost <= 0 || busyMs <= 0) return null;
    const workers = Math.min(this.#places.length, openTasks);
    return (Math.max(0, openCost) * busyMs) / computedCost / workers;
  }

  #finish(event: Extract<PoolEvent, { kind: 'finish' }>, now: number): void {
    const task = this.#tasks.get(event.outcome.taskId);
    if (task === undefined) return;
    const tookMs = this.#freePlace(task.id, event.worker, now);
    this.#endedTasks += 1;
    const { outcome } = event;
    if (outcome.status === 'cancelled') {
      this.#cancelledTasks += 1;
      return;
    }
    this.#doneCost += task.cost;
    this.#doneCells += task.cells;
    switch (outcome.status) {
      case 'failed':
        // It usually ends early and would make the rest look quicker than it is: no part of the rate.
        this.#failedCells += task.cells;
        return;
      case 'elsewhere':
        this.#failedCells += outcome.failed;
        return;
      case 'ok': {
        const failed = this.#sources.failedIn?.(outcome.value) ?? 0;
        this.#failedCells += failed;
        this.#computedCells += task.cells - failed;
        if (tookMs === null) return;
        this.#computedCost += task.cost;
        this.#busyMs += tookMs;
        return;
      }
      default:
        outcome satisfies never;
    }
  }

  /** @returns How long the task took there; null if that was not seen. */
  #freePlace(taskId: string, worker: number | null, now: number): number | null {
    const running = worker === null ? undefined : this.#places[worker];
    if (worker !== null && running?.task.id === taskId) {
      this.#places[worker] = null;
      return now - running.startedAt;
    }
    const tookMs = this.#tookMs.get(taskId) ?? null;
    this.#tookMs.delete(taskId);
    return tookMs;
  }
}
