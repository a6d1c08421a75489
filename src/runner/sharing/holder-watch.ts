import type { Holder } from './claim-file.ts';
import { lifeOf } from './process-identity.ts';
import { readRunStatus } from './run-file.ts';

/** A run elsewhere that shows no life for this long is gone; beats come every two seconds. */
export const GONE_AFTER_MS = 120_000;

/**
 * Tells whether the holders of claims still live. A process of this machine can be looked at. One of another host or
 * container cannot: its run's file is watched for a change, since clocks of two machines cannot be compared.
 */
export class HolderWatch {
  readonly #outDir: string;
  readonly #goneAfterMs: number;
  readonly #now: () => number;
  /** By run: its last beat seen, and when it was first seen. */
  readonly #seen = new Map<string, { readonly beat: number; readonly atMs: number }>();

  /** @param now Milliseconds on any clock that only goes forward. */
  constructor(
    outDir: string,
    goneAfterMs: number = GONE_AFTER_MS,
    now: () => number = () => performance.now(),
  ) {
    this.#outDir = outDir;
    this.#goneAfterMs = goneAfterMs;
    this.#now = now;
  }

  isGone(holder: Holder): boolean {
    const life = lifeOf(holder);
    if (life !== 'unknown') return life === 'gone';
    const beat = readRunStatus(this.#outDir, holder.run)?.beat ?? -1;
    const seen = this.#seen.get(holder.run);
    if (seen?.beat !== beat) {
      this.#seen.set(holder.run, { beat, atMs: this.#now() });
      return false;
    }
    return this.#now() - seen.atMs > this.#goneAfterMs;
  }
}
