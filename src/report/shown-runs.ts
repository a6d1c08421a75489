import { subjectMethod } from './headline.ts';
import type { PlannedResult } from './join.ts';
import type { ReportPlan } from './plan.ts';

/** Runs of one method at one shot count on one backbone, for words and losses. */
export interface ShownRuns {
  readonly method: string;
  readonly shots: number;
  readonly results: readonly PlannedResult[];
}

/** Finished runs of one method that learns by epochs, the report's subject where it does, at its most shots. */
export function shownRuns(
  plan: ReportPlan,
  results: readonly PlannedResult[],
  backbone: string,
): ShownRuns | null {
  const done = results.filter(({ cell, record }) => {
    const trained = record?.status === 'ok' && record.result.details.lossPerEpoch !== undefined;
    return trained && cell.backbone.name === backbone;
  });
  const methods = [subjectMethod(plan), ...plan.methods.map(({ key }) => key)].filter((key) => key !== null);
  const method = methods.find((key) => done.some(({ cell }) => cell.method.key === key));
  if (method === undefined) return null;
  const mine = done.filter(({ cell }) => cell.method.key === method);
  const shots = Math.max(...mine.map(({ cell }) => cell.shots));
  return { method, shots, results: mine.filter(({ cell }) => cell.shots === shots) };
}
