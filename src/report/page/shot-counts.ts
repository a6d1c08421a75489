import type { ReportPlan } from '../plan.ts';

/** Shot counts that get a table, most first; without any (a zero-shot plan) the 0 of methods that need none. */
export function shotCounts(plan: ReportPlan): readonly number[] {
  return plan.shots.length === 0 ? [0] : [...plan.shots].sort((a, b) => b - a);
}
