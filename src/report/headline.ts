import { type Comparison, compareMethods } from './compare.ts';
import { methodKind, methodLearns, type ReportPlan } from './plan.ts';
import type { ScoredRow } from './rows.ts';

/** The paper's main method: what variants are held against. Source: Zhou et al., IJCV 2022, section 4.1. */
const MAIN_METHOD = 'coop_m16_end';

/** More comparisons than this are no headline any more. */
const MOST_SHOWN = 3;

/** A comparison of the headline, and what the other method is among all that it stands for. */
export interface HeadlineComparison {
  readonly comparison: Comparison;
  /** Set where the comparison stands for several: the one with the best or the weakest other method. */
  readonly standsFor: { readonly rank: 'best' | 'weakest'; readonly among: number } | null;
}

/**
 * The method a report is about: the paper's main one, else the plan's first CoOp, else its first method that
 * learns; null if none does.
 */
export function subjectMethod(plan: ReportPlan): string | null {
  const kinds = plan.methods.map(({ key }) => ({ key, kind: methodKind(plan, key) }));
  const learns = kinds.filter(({ key, kind }) => kind !== null && methodLearns(plan, key));
  const subject =
    learns.find(({ key }) => key === MAIN_METHOD) ?? learns.find(({ kind }) => kind === 'coop') ?? learns[0];
  return subject?.key ?? null;
}

/**
 * The subject against every other method, at every shot count: most shots first, then the plan's order of
 * methods. A method without shots is compared at 0.
 */
export function allComparisons(
  plan: ReportPlan,
  cells: readonly ScoredRow[],
  backbone: string,
): readonly Comparison[] {
  const subject = subjectMethod(plan);
  if (subject === null) return [];
  const others = plan.methods.map(({ key }) => key).filter((key) => key !== subject);
  return [...plan.shots]
    .sort((a, b) => b - a)
    .flatMap((shots) => {
      return others.map((method) => {
        const baseline = { method, shots: methodLearns(plan, method) ? shots : 0 };
        return compareMethods(plan, cells, backbone, { method: subject, shots }, baseline);
      });
    })
    .filter((comparison) => comparison !== null);
}

/** The comparisons at the largest shot count that has any. */
export function mostShots(comparisons: readonly Comparison[]): readonly Comparison[] {
  return comparisons.filter(({ subject }) => subject.shots === comparisons[0]?.subject.shots);
}

/**
 * The comparisons a page starts with: those at the largest shot count that has any, against methods of
 * another kind (variants of the subject only where there is nothing else). Where that is too many for a
 * headline, two stand for all: those with the best and with the weakest other method.
 */
export function headlineComparisons(
  plan: ReportPlan,
  comparisons: readonly Comparison[],
): readonly HeadlineComparison[] {
  const largest = mostShots(comparisons);
  const kind = methodKind(plan, largest[0]?.subject.method ?? '');
  const others = largest.filter(({ baseline }) => methodKind(plan, baseline.method) !== kind);
  const candidates = others.length > 0 ? others : largest;
  if (candidates.length <= MOST_SHOWN) {
    return candidates.map((comparison) => ({ comparison, standsFor: null }));
  }
  const among = candidates.length;
  const sorted = [...candidates].sort((a, b) => a.difference - b.difference);
  return [
    { comparison: sorted[0]!, standsFor: { rank: 'best', among } },
    { comparison: sorted.at(-1)!, standsFor: { rank: 'weakest', among } },
  ];
}
