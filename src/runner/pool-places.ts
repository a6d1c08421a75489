/** Tasks that take less are handed out ahead, as many as last that long, ms: a wait after longer ones does not matter. */
const QUICK_MS = 500;
/** Ahead for each worker, at most. */
const MOST_EACH = 8;
/** All of a worker's are reckoned to take no more, ms: another run could have had them meanwhile. */
const MOST_AHEAD_MS = 1000;

/**
 * Which tasks the pool has: one a worker, and while they are quick some more, so that a worker has its next task
 * before anyone hears of its last, and several results can be looked at together. Those go to the workers in their
 * order.
 */
export class PoolPlaces {
  readonly #places: ({ readonly taskId: string; readonly sinceMs: number } | null)[];
  #ahead: { readonly taskId: string; readonly cost: number }[] = [];
  /** How many may be ahead. */
  #room = 0;
  #crashed = false;

  constructor(workers: number) {
    this.#places = new Array(workers).fill(null);
  }

  /** The most that the next task may cost, ms: without limit where a worker is free. Null: there is no room for one. */
  get mostCost(): number | null {
    if (this.#places.includes(null)) return Number.POSITIVE_INFINITY;
    if (this.#ahead.length >= this.#room) return null;
    const reckoned = this.#ahead.reduce((sum, { cost }) => sum + cost, 0);
    return Math.min(MOST_AHEAD_MS, MOST_AHEAD_MS * this.#places.length - reckoned);
  }

  /** Whether every worker has a task to go on with after its own. */
  get supplied(): boolean {
    return this.#ahead.length >= this.#places.length;
  }

  /** A task is handed out. @returns Its place; null: it waits for one. */
  take(taskId: string, cost: number): number | null {
    const worker = this.#places.indexOf(null);
    if (worker < 0) this.#ahead.push({ taskId, cost });
    else this.#places[worker] = { taskId, sinceMs: performance.now() };
    return worker < 0 ? null : worker;
  }

  /** The place of a running task, or null. */
  of(taskId: string): number | null {
    const worker = this.#places.findIndex((place) => place?.taskId === taskId);
    return worker < 0 ? null : worker;
  }

  /** A running task has ended. @returns Its place, and the task that has it now. */
  end(taskId: string): { readonly worker: number; readonly next: string | null } {
    const worker = this.of(taskId);
    if (worker === null) throw new Error(`internal: ${taskId} ended but was not running`);
    const now = performance.now();
    // After a crash each task is to be named that was running, beyond doubt: none waits in the pool any more.
    const each = this.#crashed ? 0 : Math.floor(QUICK_MS / (now - this.#places[worker]!.sinceMs));
    this.#room = this.#places.length * Math.min(each, MOST_EACH);
    const next = this.#ahead.shift()?.taskId ?? null;
    this.#places[worker] = next === null ? null : { taskId: next, sinceMs: now };
    return { worker, next };
  }

  /** The pool has died. @returns What was running, with its places, and what was not begun. */
  clear(): { readonly running: ReadonlyMap<string, number>; readonly ahead: readonly string[] } {
    const running = new Map(
      this.#places.flatMap((place, worker) => (place === null ? [] : [[place.taskId, worker] as const])),
    );
    const ahead = this.#ahead.map(({ taskId }) => taskId);
    this.#places.fill(null);
    this.#ahead = [];
    this.#crashed = true;
    this.#room = 0;
    return { running, ahead };
  }
}
