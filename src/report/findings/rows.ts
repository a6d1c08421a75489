import type { Answer } from './finding.ts';

/** Column order of `findings.csv`: one row a backbone, finding and test; one row for a finding that could not be asked. */
export const FINDING_COLUMNS = [
  'backbone',
  'finding',
  'verdict',
  'test',
  'test_verdict',
  'difference',
  'low',
  'high',
  'n',
  'unit',
] as const satisfies readonly (keyof FindingRow)[];

/** One row of `findings.csv`. Differences are fractions, positive on the claimed side; the interval is 95 %. */
export interface FindingRow {
  readonly backbone: string;
  readonly finding: string;
  /** `holds`, `does not hold`, `undecided`, or `not asked` where the records are not there. */
  readonly verdict: string;
  readonly test: string | null;
  readonly test_verdict: string | null;
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number | null;
  /** What the interval is over: `datasets`, `targets`, or the `pictures` of one set. */
  readonly unit: string | null;
}

/** Rows of one backbone's answers, in their order. */
export function findingRows(backbone: string, answers: readonly Answer[]): readonly FindingRow[] {
  return answers.flatMap(({ finding, verdict, evidence }): FindingRow[] => {
    const head = { backbone, finding: finding.key, verdict: verdict ?? 'not asked' };
    const none = {
      test: null,
      test_verdict: null,
      difference: null,
      low: null,
      high: null,
      n: null,
      unit: null,
    };
    if (evidence.length === 0) return [{ ...head, ...none }];
    return evidence.map(({ question, verdict, difference, interval, n, unit }) => ({
      ...head,
      test: question,
      test_verdict: verdict,
      difference,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      n,
      unit,
    }));
  });
}
