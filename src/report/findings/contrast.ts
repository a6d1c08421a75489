import { type WeightedRows, withinSet } from '../compare.ts';
import { mean } from '../statistics.ts';
import type { Results, Runs } from './results.ts';

/** One accuracy in a sum of accuracies. */
export interface Term {
  readonly weight: number;
  readonly method: string;
  /** 0 for a method that does not learn. */
  readonly shots: number;
  /** Scored on the own test pictures of the set learned on, where the unit is a target. */
  readonly onSource?: boolean;
  /** Another backbone than the one that is asked about. */
  readonly backbone?: string;
}

export const plus = (method: string, shots: number, more: Partial<Term> = {}): Term => ({
  weight: 1,
  method,
  shots,
  ...more,
});

export const minus = (method: string, shots: number, more: Partial<Term> = {}): Term => ({
  ...plus(method, shots, more),
  weight: -1,
});

/** What a sum of accuracies is taken on: a set's own test pictures, or a target's. */
export interface ContrastUnit {
  readonly dataset: string;
  readonly target: string;
}

/** The sum on one unit, seeds averaged. */
export interface UnitValue extends ContrastUnit {
  readonly value: number;
  /** Test pictures of the unit. */
  readonly pictures: number;
  /** Over the unit's test pictures; null where the terms are not of the same ones. */
  readonly within: () => { readonly low: number; readonly high: number } | null;
}

/**
 * A weighted sum of accuracies on every unit that has all of its terms. Methods that learn are averaged over the seeds
 * that all of them have, so that all terms are of the same draws.
 */
export function contrast(
  results: Results,
  terms: readonly Term[],
  units: readonly ContrastUnit[],
): readonly UnitValue[] {
  return units.flatMap((unit) => {
    const runs = terms.map(({ method, shots, onSource = false, backbone = results.backbone }) => {
      const target = onSource ? unit.dataset : unit.target;
      return results.runs({ backbone, method, shots, dataset: unit.dataset, target });
    });
    const found = runs.filter((run) => run !== undefined);
    if (found.length < terms.length) return [];
    const seeds = commonSeeds(found);
    const rows = found.map((run): WeightedRows['rows'] => {
      return [...run].flatMap(([seed, row]) => (seed === null || seeds.has(seed) ? [row] : []));
    });
    if (rows.some((of) => of.length === 0)) return [];
    const value = terms.reduce((sum, { weight }, i) => {
      return sum + weight * mean(rows[i]!.map(({ accuracy }) => accuracy!));
    }, 0);
    const samePictures = terms.every(({ onSource = false }) => !onSource || unit.dataset === unit.target);
    const weighted = terms.map(({ weight }, i) => ({ weight, rows: rows[i]! }));
    const pictures = rows[0]![0]!.count ?? 0;
    return [{ ...unit, value, pictures, within: () => (samePictures ? withinSet(weighted) : null) }];
  });
}

/** Seeds of every term that has any. */
function commonSeeds(runs: readonly Runs[]): ReadonlySet<number> {
  const random = runs.map((run) => [...run.keys()].filter((seed) => seed !== null));
  const learned = random.filter((seeds) => seeds.length > 0);
  const [first = [], ...rest] = learned;
  return new Set(first.filter((seed) => rest.every((seeds) => seeds.includes(seed))));
}
