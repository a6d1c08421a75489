/** Numbers the tasks that run, the lowest free number first: what a display has its lines by. */
export class Places {
  readonly #taken: (string | null)[] = [];

  /** The number of a task, or null. */
  of(task: string): number | null {
    const place = this.#taken.indexOf(task);
    return place < 0 ? null : place;
  }

  take(task: string): number {
    const free = this.#taken.indexOf(null);
    const place = free < 0 ? this.#taken.length : free;
    this.#taken[place] = task;
    return place;
  }

  /** @returns the number the task had, or null. */
  free(task: string): number | null {
    const place = this.of(task);
    if (place !== null) this.#taken[place] = null;
    return place;
  }
}
