import type { ReportPlan } from './plan.ts';
import type { ScoredRow } from './rows.ts';

/** Column order of `per_class.csv`: one row a dataset, backbone, method, shot count, target and class. */
export const PER_CLASS_COLUMNS = [
  'dataset',
  'backbone',
  'method',
  'shots',
  'target',
  'class',
  'class_name',
  'correct',
  'count',
  'seeds',
] as const satisfies readonly (keyof PerClassRow)[];

/** One row of `per_class.csv`: right answers within one class, all seeds together. */
export interface PerClassRow {
  readonly dataset: string;
  readonly backbone: string;
  readonly method: string;
  readonly shots: number;
  readonly target: string;
  /** Label, from 0, in the order of the set that was learned on. */
  readonly class: number;
  /** Empty where the plan does not name its classes. */
  readonly class_name: string | null;
  /** Right answers over the seeds. */
  readonly correct: number;
  /** Test pictures times seeds. */
  readonly count: number;
  readonly seeds: number;
}

/** Counts by class in the order of the cells, seeds summed; classes without test pictures are left out. */
export function perClassRows(plan: ReportPlan, cells: readonly ScoredRow[]): readonly PerClassRow[] {
  const groups = new Map<string, ScoredRow[]>();
  for (const row of cells) {
    if (row.perClass === null) continue;
    const { dataset, backbone, method, shots, target } = row;
    const id = JSON.stringify([dataset, backbone, method, shots, target]);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [row]);
    else group.push(row);
  }
  return [...groups.values()].flatMap((rows) => {
    const { dataset, backbone, method, shots, target } = rows[0]!;
    const names = plan.datasets.find(({ key }) => key === dataset)?.classNames;
    const total = (label: number, of: 'correct' | 'count') => {
      return rows.reduce((sum, { perClass }) => sum + (perClass?.[of][label] ?? 0), 0);
    };
    return Array.from(rows[0]!.perClass!.count, (_, label): PerClassRow => {
      return {
        dataset,
        backbone,
        method,
        shots,
        target,
        class: label,
        class_name: names?.[label] ?? null,
        correct: total(label, 'correct'),
        count: total(label, 'count'),
        seeds: rows.length,
      };
    }).filter(({ count }) => count > 0);
  });
}
