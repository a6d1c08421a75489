import { answersOf } from './answers.ts';
import { type MethodPoint, rowsBySeed } from './compare.ts';
import type { ReportPlan } from './plan.ts';
import type { ScoredRow } from './rows.ts';
import type { TestSet } from './test-sets.ts';

/** Column order of `confusion.csv`: one row a pair of classes that were taken for each other. */
export const CONFUSION_COLUMNS = [
  'dataset',
  'backbone',
  'method',
  'shots',
  'target',
  'class',
  'class_name',
  'given',
  'given_name',
  'pictures',
  'count',
  'seeds',
] as const satisfies readonly (keyof ConfusionRow)[];

/** One row of `confusion.csv`: how many pictures of a class were given another. */
export interface ConfusionRow {
  readonly dataset: string;
  readonly backbone: string;
  readonly method: string;
  readonly shots: number;
  readonly target: string;
  /** Label, from 0. */
  readonly class: number;
  readonly class_name: string;
  readonly given: number;
  readonly given_name: string;
  /** Over the seeds. */
  readonly pictures: number;
  /** Test pictures of the class times seeds. */
  readonly count: number;
  readonly seeds: number;
}

/** Right and wrong answers of one method on one test set, seeds summed. */
export interface Confusion {
  readonly set: TestSet;
  readonly point: MethodPoint;
  /** K names. */
  readonly classNames: readonly string[];
  readonly seeds: number;
  /** Test pictures times seeds by true label. */
  readonly counts: ReadonlyMap<number, number>;
  /** By true label: how often each label was given. */
  readonly given: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

/** @returns null where the plan does not know the pictures' labels, or records do not hold what wrong ones were given. */
export function confusionOf(
  plan: ReportPlan,
  cells: readonly ScoredRow[],
  backbone: string,
  point: MethodPoint,
  set: TestSet,
): Confusion | null {
  const labels = plan.testLabels?.(set.dataset, set.target) ?? null;
  const classNames = plan.datasets.find(({ key }) => key === set.dataset)?.classNames;
  if (labels === null || classNames === undefined) return null;
  const counts = new Map<number, number>();
  const given = new Map<number, Map<number, number>>();
  let seeds = 0;
  for (const { hits, mistakes } of rowsBySeed(cells, backbone, point, set).values()) {
    const answers = hits === null || mistakes === null ? null : answersOf(hits, mistakes, labels);
    if (answers === null) continue;
    seeds += 1;
    for (const [i, answer] of answers.entries()) {
      if (answer === null) continue;
      const label = labels[i]!;
      const row = given.get(label) ?? new Map<number, number>();
      row.set(answer, (row.get(answer) ?? 0) + 1);
      given.set(label, row);
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  return seeds === 0 ? null : { set, point, classNames, seeds, counts, given };
}

/** Wrong answers only, by class, the most frequent first. */
export function confusionRows(backbone: string, confusion: Confusion): readonly ConfusionRow[] {
  const { set, point, classNames, seeds, counts, given } = confusion;
  const { dataset, target } = set;
  const labels = [...given.keys()].sort((a, b) => a - b);
  return labels.flatMap((label) => {
    const wrong = [...given.get(label)!].filter(([answer]) => answer !== label);
    wrong.sort(([a, n], [b, m]) => m - n || a - b);
    return wrong.map(([answer, pictures]): ConfusionRow => {
      return {
        dataset,
        backbone,
        method: point.method,
        shots: point.shots,
        target,
        class: label,
        class_name: classNames[label] ?? '',
        given: answer,
        given_name: classNames[answer] ?? '',
        pictures,
        count: counts.get(label)!,
        seeds,
      };
    });
  });
}
