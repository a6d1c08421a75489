import { plural } from '../../format.ts';
import type { Evidence } from '../finding.ts';
import type { Results } from '../results.ts';

/** Methods that conclusions speak of. */
export const COOP = 'coop_m16_end';
export const COOP_CSC = 'coop_m16_end_csc';
export const PROBE = 'linear_probe';
export const ZERO_SHOT = 'zeroshot';

export const inShots = (shots: number): string => plural(shots, 'shot');

/** The answer at the most shots that have one; null where none has. */
export function atMostShots({ shots }: Results, ask: (shots: number) => Evidence | null): Evidence | null {
  for (const count of shots.toReversed()) {
    const found = ask(count);
    if (found !== null) return found;
  }
  return null;
}

/** The least and the largest number of shots, as a list of one pair; empty where they are the same. */
export function fewestAndMost({ shots }: Results): readonly (readonly [number, number])[] {
  const [few, many] = [shots[0], shots.at(-1)];
  return few === undefined || many === undefined || few === many ? [] : [[few, many]];
}
