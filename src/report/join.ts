import type { CellRecord, PlannedCell } from '../config/index.ts';
import type { ReportPlan } from './plan.ts';

/** A planned cell and its record, or null where there is none yet. */
export interface PlannedResult extends PlannedCell {
  readonly record: CellRecord | null;
}

/**
 * Pairs every cell of the plan with its record, in the plan's order whatever order records come in.
 *
 * Records of other plans are left out. Of several records with one key (a shared folder can hold them) a
 * complete one wins over a failed one, then the newer.
 *
 * @throws {Error} The plan lists a key twice (our own bug).
 */
export function joinPlan(plan: ReportPlan, records: readonly CellRecord[]): readonly PlannedResult[] {
  const best = new Map<string, CellRecord>();
  for (const record of records) {
    const other = best.get(record.key);
    if (other === undefined || wins(record, other)) best.set(record.key, record);
  }
  const seen = new Set<string>();
  return plan.cells.map(({ key, cell }) => {
    if (seen.has(key)) throw new Error(`internal: the report's plan lists cell ${key} twice`);
    seen.add(key);
    return { key, cell, record: best.get(key) ?? null };
  });
}

function wins(record: CellRecord, other: CellRecord): boolean {
  if (record.status !== other.status) return record.status === 'ok';
  if (record.run.startedAt !== other.run.startedAt) return record.run.startedAt > other.run.startedAt;
  return JSON.stringify(record) > JSON.stringify(other);
}
