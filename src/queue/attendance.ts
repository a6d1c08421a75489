import type { WorkerNotice } from './board.ts';

const REMIND_MS = 60_000;

/** Words for what should be known of the workers of a run, each said once; that there are none, every minute. */
export class Attendance {
  readonly #note: (message: string) => void;
  readonly #said = new Set<string>();
  readonly #startedMs: number;
  #remindedMs: number | null = null;

  /** @param now ms */
  constructor(note: (message: string) => void, now: number) {
    this.#note = note;
    this.#startedMs = now;
  }

  /**
   * @param now ms
   * @param graceMs Workers have this long to answer before their absence is spoken of.
   * @returns How many take jobs, and how many cells these compute at once.
   */
  see(
    notices: ReadonlyMap<string, WorkerNotice>,
    now: number,
    graceMs: number,
  ): { workers: number; places: number } {
    const ready = [...notices.values()].filter(({ refused }) => refused.length === 0);
    for (const { name, refused, remarks } of notices.values()) {
      if (refused.length > 0) this.#once(`worker ${name} was refused: ${refused.join('; ')}`);
      for (const remark of remarks) this.#once(`worker ${name}: ${remark}`);
    }
    if (ready.length > 0) this.#remindedMs = null;
    else if (now - this.#startedMs > graceMs && now - (this.#remindedMs ?? -Infinity) > REMIND_MS) {
      this.#remindedMs = now;
      this.#note(this.#absence(notices.size));
    }
    return { workers: ready.length, places: ready.reduce((sum, { places }) => sum + places, 0) };
  }

  #absence(refused: number): string {
    const why = refused === 0 ? 'no worker has come yet' : `no worker can compute this (${refused} refused)`;
    return `${why}; waiting for: npx coop-bench worker --queue …`;
  }

  #once(message: string): void {
    if (!this.#said.has(message)) this.#note(message);
    this.#said.add(message);
  }
}
