import type { Comparison } from './compare.ts';
import { AVERAGE } from './rows.ts';

/**
 * Column order of `differences.csv`: for every comparison a row a test set with its interval over test pictures, then a
 * row over all of the sets with its interval over sets.
 */
export const DIFFERENCE_COLUMNS = [
  'backbone',
  'subject',
  'baseline',
  'shots',
  'dataset',
  'target',
  'difference',
  'low',
  'high',
  'interval',
  'pictures',
  'sets',
  'seeds',
] as const satisfies readonly (keyof DifferenceRow)[];

/** One row of `differences.csv`: subject minus baseline, as a fraction, with a two-sided 95 % interval. */
export interface DifferenceRow {
  readonly backbone: string;
  readonly subject: string;
  readonly baseline: string;
  /** Of the subject; a baseline that learns has the same. */
  readonly shots: number;
  readonly dataset: string;
  readonly target: string;
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  /** What the interval is over: the pictures of one set (bootstrap), or the sets (Student's t). */
  readonly interval: 'pictures' | 'sets';
  /** Test pictures of the set; empty for a row over sets. */
  readonly pictures: number | null;
  readonly sets: number;
  /** Seeds averaged; over sets the fewest of any. */
  readonly seeds: number;
}

/** Rows of the comparisons of one backbone, in their order. */
export function differenceRows(
  backbone: string,
  comparisons: readonly Comparison[],
): readonly DifferenceRow[] {
  return comparisons.flatMap(({ subject, baseline, pairs, difference, interval }) => {
    const head = { backbone, subject: subject.method, baseline: baseline.method, shots: subject.shots };
    const within = pairs.map(({ set, difference, interval, pictures, seeds }): DifferenceRow => {
      const { dataset, target } = set;
      const [low, high] = [interval?.low ?? null, interval?.high ?? null];
      return {
        ...head,
        dataset,
        target,
        difference,
        low,
        high,
        interval: 'pictures',
        pictures,
        sets: 1,
        seeds,
      };
    });
    const over: DifferenceRow = {
      ...head,
      dataset: AVERAGE,
      target: AVERAGE,
      difference,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      interval: 'sets',
      pictures: null,
      sets: pairs.length,
      seeds: Math.min(...pairs.map(({ seeds }) => seeds)),
    };
    return pairs.length < 2 ? within : [...within, over];
  });
}
