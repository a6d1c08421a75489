import type { Admission, Outcome, Task, TaskError } from './task.ts';

/** How often a task may be running when the process dies before the task itself is blamed. */
const CRASHES_TO_BLAME = 2;
/** The same for a task that others need: all of them fail with it, for deaths that may have been chance. */
const CRASHES_TO_BLAME_NEEDED = 4;

/** Asked before a task starts. */
type Admit = (task: Task) => Admission;

interface Entry {
  readonly task: Task;
  readonly index: number;
  readonly dependents: Entry[];
  /** Needs that have not ended yet. */
  openNeeds: number;
  crashes: number;
  outcome: Outcome | null;
}

/**
 * Decides which task runs next. No processes, no clocks: it is told what happened and says what follows.
 *
 * Tasks start in the order given, as soon as what they need has ended well. After a crash the tasks that were
 * running start again first and one at a time with nothing beside them: thus the second crash names the guilty
 * task, and one that had run out of memory gets it all.
 */
export class TaskSchedule {
  /** In the order of their tasks. */
  readonly #entries = new Set<Entry>();
  readonly #byId = new Map<string, Entry>();
  readonly #forgets: boolean;
  /** Startable tasks, by index. */
  #ready: Entry[] = [];
  /** Tasks that another run is at, until `recall`. */
  #elsewhere: Entry[] = [];
  /** Tasks that were running in a crash, to be run alone. */
  #suspects: Entry[] = [];
  readonly #running = new Set<Entry>();
  #open = 0;
  #added = 0;

  /**
   * @param options.forgets Keep nothing of a task that has ended, so that tasks may be added without end.
   * @throws {Error} As `add`.
   */
  constructor(tasks: readonly Task[], { forgets = false }: { readonly forgets?: boolean } = {}) {
    this.#forgets = forgets;
    this.add(tasks);
  }

  /**
   * Takes further tasks, behind those it has. They may need one another, and earlier tasks that have not ended.
   * @throws {Error} Two tasks of one id, a need that is no task, needs in a circle: our own bug.
   */
  add(tasks: readonly Task[]): void {
    const added = tasks.map((task): Entry => {
      const index = this.#added++;
      return { task, index, dependents: [], openNeeds: 0, crashes: 0, outcome: null };
    });
    for (const entry of added) {
      if (this.#byId.has(entry.task.id)) throw new Error(`internal: two tasks have the id ${entry.task.id}`);
      this.#byId.set(entry.task.id, entry);
      this.#entries.add(entry);
    }
    for (const entry of added) {
      // A need named twice counts once.
      for (const need of new Set(entry.task.needs)) {
        const needed = this.#byId.get(need);
        if (needed === undefined || needed.outcome !== null)
          throw new Error(`internal: ${entry.task.id} needs ${need}, which is no task`);
        needed.dependents.push(entry);
        entry.openNeeds += 1;
      }
    }
    refuseCircle([...this.#entries].filter((entry) => entry.outcome === null));
    this.#ready.push(...added.filter((entry) => entry.openNeeds === 0));
    this.#open += added.length;
  }

  /** True once every task has an outcome. */
  get settled(): boolean {
    return this.#open === 0;
  }

  /** Outcomes in the order of the tasks; of one that forgets, none. Call when settled. */
  outcomes(): Outcome[] {
    return [...this.#entries].map(({ task, outcome }) => {
      if (outcome === null) throw new Error(`internal: task ${task.id} has no outcome`);
      return outcome;
    });
  }

  /** Whether tasks wait for another run. */
  get waiting(): boolean {
    return this.#elsewhere.length > 0;
  }

  /** Tasks that another run was at may be asked for again. */
  recall(): void {
    for (const entry of this.#elsewhere) this.#insertReady(entry);
    this.#elsewhere = [];
  }

  /**
   * The task to start now, counted as running from here on; null if none may start before something ends.
   *
   * @param admit Asked for each task before it starts; a task that runs again after a crash was admitted before.
   * @param settled Gets the outcomes of tasks that another run has done.
   * @param mostCost The next task is not started if it costs more.
   */
  start(
    admit: Admit = ({ payload }) => ({ kind: 'start', payload }),
    settled: Outcome[] = [],
    mostCost = Number.POSITIVE_INFINITY,
  ): Task | null {
    const alone = this.#suspects.length > 0;
    const runningSuspect = [...this.#running].some((entry) => entry.crashes > 0);
    if (runningSuspect || (alone && this.#running.size > 0)) return null;
    for (;;) {
      const waiting = alone ? this.#suspects : this.#ready;
      const [entry] = waiting;
      if (entry === undefined || entry.task.cost > mostCost) return null;
      waiting.shift();
      const admission = admit(entry.task);
      switch (admission.kind) {
        case 'start':
          this.#running.add(entry);
          return { ...entry.task, payload: admission.payload };
        case 'later':
          this.#elsewhere.push(entry);
          break;
        case 'done': {
          const { failed } = admission;
          settled.push(...this.#settle(entry, { taskId: entry.task.id, status: 'elsewhere', failed }));
          break;
        }
        default:
          admission satisfies never;
      }
    }
  }

  /**
   * A running task has ended.
   *
   * @returns The outcomes this settles: its own, and those of tasks that can no longer run.
   */
  finish(outcome: Outcome): Outcome[] {
    const entry = this.#byId.get(outcome.taskId);
    if (entry === undefined || !this.#running.delete(entry)) {
      throw new Error(`internal: task ${outcome.taskId} ended but was not running`);
    }
    return this.#settle(entry, outcome);
  }

  /** A task that was to start has not begun: it waits again, before those behind it. */
  putBack(taskId: string): void {
    const entry = this.#byId.get(taskId);
    if (entry === undefined || !this.#running.delete(entry))
      throw new Error(`internal: task ${taskId} is put back but was not handed out`);
    this.#insertReady(entry);
  }

  /**
   * The process died under the running tasks: they wait to run again, or fail if it is their second time; their fourth
   * if others need them.
   *
   * @param describe Makes the failure of a task that is to blame.
   */
  crash(describe: (taskId: string, times: number) => TaskError): {
    readonly again: string[];
    readonly settled: Outcome[];
  } {
    const hit = [...this.#running].sort((a, b) => a.index - b.index);
    this.#running.clear();
    const again: string[] = [];
    const settled: Outcome[] = [];
    for (const entry of hit) {
      entry.crashes += 1;
      const taskId = entry.task.id;
      if (entry.crashes < (entry.dependents.length > 0 ? CRASHES_TO_BLAME_NEEDED : CRASHES_TO_BLAME)) {
        this.#suspects.push(entry);
        again.push(taskId);
      } else {
        settled.push(
          ...this.#settle(entry, { taskId, status: 'failed', error: describe(taskId, entry.crashes) }),
        );
      }
    }
    this.#suspects.sort((a, b) => a.index - b.index);
    return { again, settled };
  }

  /** Cancels every task that is not running. */
  cancelWaiting(): Outcome[] {
    this.#ready = [];
    this.#elsewhere = [];
    this.#suspects = [];
    const waiting = [...this.#entries].filter((entry) => entry.outcome === null && !this.#running.has(entry));
    return waiting.map((entry) => this.#end(entry, { taskId: entry.task.id, status: 'cancelled' }));
  }

  #settle(entry: Entry, outcome: Outcome): Outcome[] {
    const settled = [this.#end(entry, outcome)];
    for (const dependent of entry.dependents) {
      if (dependent.outcome !== null) continue;
      dependent.openNeeds -= 1;
      if (outcome.status === 'failed' || outcome.status === 'cancelled')
        settled.push(...this.#settle(dependent, withoutNeed(dependent.task, outcome)));
      else if (dependent.openNeeds === 0) this.#insertReady(dependent);
    }
    return settled;
  }

  #end(entry: Entry, outcome: Outcome): Outcome {
    entry.outcome = outcome;
    this.#open -= 1;
    if (this.#forgets) {
      this.#entries.delete(entry);
      this.#byId.delete(entry.task.id);
    }
    return outcome;
  }

  #insertReady(entry: Entry): void {
    let low = 0;
    let high = this.#ready.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ready[middle].index < entry.index) low = middle + 1;
      else high = middle;
    }
    this.#ready.splice(low, 0, entry);
  }
}

/** Outcome of a task whose need did not end well. The first cause is named, however long the chain. */
function withoutNeed(
  task: Task,
  need: Extract<Outcome, { status: 'failed' | 'cancelled' }>,
): Extract<Outcome, { status: 'failed' | 'cancelled' }> {
  if (need.status === 'cancelled') return { taskId: task.id, status: 'cancelled' };
  const { code, message } = need.error;
  const cause =
    code === 'NEED_FAILED' ? message : `it needs ${need.taskId}, which failed: ${code}: ${message}`;
  return { taskId: task.id, status: 'failed', error: { code: 'NEED_FAILED', message: cause } };
}

function refuseCircle(entries: readonly Entry[]): void {
  const openNeeds = new Map(entries.map((entry) => [entry, entry.openNeeds]));
  const queue = entries.filter((entry) => entry.openNeeds === 0);
  // The queue grows while it is read: at its end it holds every task that some order can reach.
  for (const entry of queue) {
    for (const dependent of entry.dependents) {
      const left = openNeeds.get(dependent)! - 1;
      openNeeds.set(dependent, left);
      if (left === 0) queue.push(dependent);
    }
  }
  if (queue.length === entries.length) return;
  const stuck = entries.filter((entry) => openNeeds.get(entry)! > 0).map((entry) => entry.task.id);
  throw new Error(`internal: tasks need each other in a circle: ${stuck.slice(0, 5).join(', ')}`);
}
