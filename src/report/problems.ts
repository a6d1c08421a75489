import type { CellFailure, CellRecord } from '../config/index.ts';
import type { PlannedResult } from './join.ts';

/** A planned cell whose record says that it failed. */
export interface FailedCell {
  readonly planned: PlannedResult;
  readonly error: CellFailure;
}

/** Everything that keeps a report from being the whole, undisturbed result of its plan. */
export interface Problems {
  readonly missing: readonly PlannedResult[];
  readonly failed: readonly FailedCell[];
  /** Most test pictures a target in a limited run, or null where no cell is limited. */
  readonly limit: number | null;
  /** Git revisions of the records, where there is more than one; sorted. */
  readonly mixedRevisions: readonly string[];
}

/** Finds what a reader must know before the numbers. */
export function findProblems(results: readonly PlannedResult[]): Problems {
  const limits = results.map(({ cell }) => cell.limit).filter((limit) => limit !== null);
  const records = results.map(({ record }) => record).filter((record) => record !== null);
  const revisions = [...new Set(records.map((record) => record.run.gitRevision ?? 'unknown'))].sort();
  return {
    missing: results.filter(({ record }) => record === null),
    failed: results.flatMap((planned) => failure(planned, planned.record)),
    limit: limits.length === 0 ? null : Math.max(...limits),
    mixedRevisions: revisions.length > 1 ? revisions : [],
  };
}

function failure(planned: PlannedResult, record: CellRecord | null): FailedCell[] {
  return record?.status === 'failed' ? [{ planned, error: record.error }] : [];
}
