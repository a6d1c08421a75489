import type { ReportPlan } from './plan.ts';
import type { CellRow } from './rows.ts';
import { mean, type PairedInterval, pairedInterval } from './statistics.ts';

/** Which method at which shot count, on one backbone. */
export interface MethodPoint {
  readonly method: string;
  readonly shots: number;
}

/** One dataset's two accuracies (fractions), averaged over the seeds that both methods have. */
export interface DatasetPair {
  readonly dataset: string;
  readonly subject: number;
  readonly baseline: number;
  /** subject − baseline. */
  readonly difference: number;
}

/** Two methods on the same datasets and draws. */
export interface Comparison {
  readonly subject: MethodPoint;
  readonly baseline: MethodPoint;
  readonly pairs: readonly DatasetPair[];
  /** Mean of the differences (fraction) over the pairs. */
  readonly difference: number;
  /** Over datasets; null for fewer than two. */
  readonly interval: PairedInterval | null;
}

/**
 * Compares two methods over the datasets where both have results. The unit is the dataset: seeds are
 * averaged first, because three draws of one dataset say little about the next dataset.
 *
 * @returns null where no dataset has both.
 */
export function compareMethods(
  plan: ReportPlan,
  cells: readonly CellRow[],
  backbone: string,
  subject: MethodPoint,
  baseline: MethodPoint,
): Comparison | null {
  const pairs = plan.datasets.flatMap(({ key: dataset }) => {
    const left = accuracyBySeed(cells, backbone, subject, dataset);
    const right = accuracyBySeed(cells, backbone, baseline, dataset);
    // A method without randomness (seed null) pairs with every draw of the other.
    const fixed = left.has(null) || right.has(null);
    const seeds = [...left.keys()].filter((seed) => fixed || right.has(seed));
    const others = fixed ? [...right.keys()] : seeds;
    if (seeds.length === 0 || others.length === 0) return [];
    const a = mean(seeds.map((seed) => left.get(seed)!));
    const b = mean(others.map((seed) => right.get(seed)!));
    return [{ dataset, subject: a, baseline: b, difference: a - b }];
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
  dataset: string,
): Map<number | null, number> {
  const found = new Map<number | null, number>();
  for (const row of cells) {
    if (row.dataset !== dataset || row.target !== dataset || row.backbone !== backbone) continue;
    if (row.method === method && row.shots === shots && row.accuracy !== null)
      found.set(row.seed, row.accuracy);
  }
  return found;
}
