import type { ReportPlan } from './plan.ts';
import type { CellRow } from './rows.ts';
import { mean, type PairedInterval, pairedInterval } from './statistics.ts';
import { comparedSets, type TestSet } from './test-sets.ts';

/** Which method at which shot count, on one backbone. */
export interface MethodPoint {
  readonly method: string;
  readonly shots: number;
}

/** Two accuracies on one test set (fractions), averaged over the seeds that both methods have. */
export interface SetPair {
  readonly set: TestSet;
  readonly subject: number;
  readonly baseline: number;
  /** subject − baseline. */
  readonly difference: number;
}

/** Two methods on the same test sets and draws. */
export interface Comparison {
  readonly subject: MethodPoint;
  readonly baseline: MethodPoint;
  readonly pairs: readonly SetPair[];
  /** Mean of the differences (fraction) over the pairs. */
  readonly difference: number;
  /** Over test sets; null for fewer than two. */
  readonly interval: PairedInterval | null;
}

/**
 * Compares two methods over the test sets where both have results: the targets of a domain shift, else the
 * datasets. The set is the unit: seeds are averaged first, because three draws of one set say little about the
 * next set.
 *
 * @returns null where no set has both.
 */
export function compareMethods(
  plan: ReportPlan,
  cells: readonly CellRow[],
  backbone: string,
  subject: MethodPoint,
  baseline: MethodPoint,
): Comparison | null {
  const pairs = comparedSets(plan).flatMap((set) => {
    const left = accuracyBySeed(cells, backbone, subject, set);
    const right = accuracyBySeed(cells, backbone, baseline, set);
    // A method without randomness (seed null) pairs with every draw of the other.
    const fixed = left.has(null) || right.has(null);
    const seeds = [...left.keys()].filter((seed) => fixed || right.has(seed));
    const others = fixed ? [...right.keys()] : seeds;
    if (seeds.length === 0 || others.length === 0) return [];
    const a = mean(seeds.map((seed) => left.get(seed)!));
    const b = mean(others.map((seed) => right.get(seed)!));
    return [{ set, subject: a, baseline: b, difference: a - b }];
  });
  if (pairs.length === 0) return null;
  const differences = pairs.map((pair) => pair.difference);
  const interval = pairedInterval(differences);
  return { subject, baseline, pairs, difference: mean(differences), interval };
}

function accuracyBySeed(
  cells: readonly CellRow[],
  backbone: string,
  { method, shots }: MethodPoint,
  { dataset, target }: TestSet,
): Map<number | null, number> {
  const found = new Map<number | null, number>();
  for (const row of cells) {
    if (row.dataset !== dataset || row.target !== target || row.backbone !== backbone) continue;
    if (row.method === method && row.shots === shots && row.accuracy !== null)
      found.set(row.seed, row.accuracy);
  }
  return found;
}
