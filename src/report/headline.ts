import { type Comparison, compareMethods } from './compare.ts';
import { methodKind, type ReportPlan } from './plan.ts';
import type { CellRow } from './rows.ts';

/** The method a report is about: the plan's first CoOp, else its first method that learns; null if none. */
function subjectMethod(plan: ReportPlan): string | null {
  const kinds = plan.methods.map(({ key }) => ({ key, kind: methodKind(plan, key) }));
  const learns = kinds.filter(({ kind }) => kind !== null && kind !== 'zeroshot');
  return (learns.find(({ kind }) => kind === 'coop') ?? learns[0])?.key ?? null;
}

/**
 * The subject against every other method, at every shot count: most shots first, then the plan's order of
 * methods. A method without shots is compared at 0.
 */
export function allComparisons(
  plan: ReportPlan,
  cells: readonly CellRow[],
  backbone: string,
): readonly Comparison[] {
  const subject = subjectMethod(plan);
  if (subject === null) return [];
  const others = plan.methods.map(({ key }) => key).filter((key) => key !== subject);
  return [...plan.shots]
    .sort((a, b) => b - a)
    .flatMap((shots) => {
      return others.map((method) => {
        const baseline = { method, shots: methodKind(plan, method) === 'zeroshot' ? 0 : shots };
        return compareMethods(plan, cells, backbone, { method: subject, shots }, baseline);
      });
    })
    .filter((comparison) => comparison !== null);
}

/**
 * The comparisons a page starts with: those at the largest shot count that has any, against methods of
 * another kind (variants of the subject only where there is nothing else).
 */
export function headlineComparisons(
  plan: ReportPlan,
  comparisons: readonly Comparison[],
): readonly Comparison[] {
  const first = comparisons[0];
  if (first === undefined) return [];
  const kind = methodKind(plan, first.subject.method);
  const largest = comparisons.filter(({ subject }) => subject.shots === first.subject.shots);
  const others = largest.filter(({ baseline }) => methodKind(plan, baseline.method) !== kind);
  return others.length > 0 ? others : largest;
}
