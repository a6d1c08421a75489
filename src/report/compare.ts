import { bootstrapInterval, type PercentileInterval } from './bootstrap.ts';
import { pictureValues } from './hits.ts';
import type { ReportPlan } from './plan.ts';
import type { ScoredRow } from './rows.ts';
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
  /** Of the difference, over test pictures; null where the records do not say which pictures were right. */
  readonly interval: PercentileInterval | null;
  /** Test pictures. */
  readonly pictures: number | null;
  /** Seeds averaged. */
  readonly seeds: number;
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
 * next set. Within a set the pictures are: a bootstrap over them, with the same draws.
 *
 * @returns null where no set has both.
 */
export function compareMethods(
  plan: ReportPlan,
  cells: readonly ScoredRow[],
  backbone: string,
  subject: MethodPoint,
  baseline: MethodPoint,
): Comparison | null {
  const pairs = comparedSets(plan).flatMap((set) => {
    const left = rowsBySeed(cells, backbone, subject, set);
    const right = rowsBySeed(cells, backbone, baseline, set);
    // A method without randomness (seed null) pairs with every draw of the other.
    const fixed = left.has(null) || right.has(null);
    const seeds = [...left.keys()].filter((seed) => fixed || right.has(seed));
    const others = fixed ? [...right.keys()] : seeds;
    if (seeds.length === 0 || others.length === 0) return [];
    const ours = seeds.map((seed) => left.get(seed)!);
    const theirs = others.map((seed) => right.get(seed)!);
    return [setPair(set, ours, theirs)];
  });
  if (pairs.length === 0) return null;
  const differences = pairs.map((pair) => pair.difference);
  const interval = pairedInterval(differences);
  return { subject, baseline, pairs, difference: mean(differences), interval };
}

function setPair(set: TestSet, subject: readonly ScoredRow[], baseline: readonly ScoredRow[]): SetPair {
  const a = mean(subject.map((row) => row.accuracy!));
  const b = mean(baseline.map((row) => row.accuracy!));
  return {
    set,
    subject: a,
    baseline: b,
    difference: a - b,
    interval: withinSet([
      { rows: subject, weight: 1 },
      { rows: baseline, weight: -1 },
    ]),
    pictures: subject[0]!.count,
    seeds: Math.max(subject.length, baseline.length),
  };
}

/** Runs of one method on one test set, and their weight in a sum. */
export interface WeightedRows {
  readonly rows: readonly ScoredRow[];
  readonly weight: number;
}

/**
 * Bootstrap over the test pictures of one set of a weighted sum of accuracies, each the mean over its runs: the same
 * pictures are drawn for all.
 *
 * @returns null where the records do not say which pictures were right, or not of the same pictures.
 */
export function withinSet(terms: readonly WeightedRows[]): PercentileInterval | null {
  const rows = terms.flatMap((term) => term.rows);
  const count = rows[0]?.count ?? 0;
  if (count === 0 || rows.some((row) => row.hits === null || row.count !== count)) return null;
  const weighted = terms.map(({ rows, weight }) => ({ runs: rows.map((row) => row.hits!), weight }));
  const pictures = pictureValues(weighted, count);
  return pictures === null ? null : bootstrapInterval(pictures);
}

/** Finished runs of a method on a test set by their seed. */
export function rowsBySeed(
  cells: readonly ScoredRow[],
  backbone: string,
  { method, shots }: MethodPoint,
  { dataset, target }: Pick<TestSet, 'dataset' | 'target'>,
): ReadonlyMap<number | null, ScoredRow> {
  const found = new Map<number | null, ScoredRow>();
  for (const row of cells) {
    if (row.dataset !== dataset || row.target !== target || row.backbone !== backbone) continue;
    if (row.method === method && row.shots === shots && row.accuracy !== null) found.set(row.seed, row);
  }
  return found;
}
