import type { CellRecord } from '../config/index.ts';
import { canonicalJson } from '../config/index.ts';
import { joinPlan, type PlannedResult } from './join.ts';
import type { ReportPlan } from './plan.ts';
import type { ScoredRow, SummaryRow, TimingRow } from './rows.ts';
import { summarise } from './summary.ts';

/** The three tables of a report, in the plan's order. */
export interface ReportTables {
  readonly cells: readonly ScoredRow[];
  readonly summary: readonly SummaryRow[];
  readonly timings: readonly TimingRow[];
}

/**
 * Makes a report's tables from records alone.
 *
 * @param records In any order; those of other plans are left out.
 */
export function buildTables(plan: ReportPlan, records: readonly CellRecord[]): ReportTables {
  const results = joinPlan(plan, records);
  const cells = results.flatMap(cellRows);
  return { cells, summary: summarise(plan, cells), timings: results.flatMap(timingRow) };
}

function cellRows({ key, cell, record }: PlannedResult): ScoredRow[] {
  const result = record?.status === 'ok' ? record.result : null;
  return cell.targets.map((target) => {
    const score = result?.scores.find((entry) => entry.target === target.key);
    if (result !== null && score === undefined) {
      throw new Error(`internal: record ${key} is complete and has no score for ${target.key}`);
    }
    return {
      key,
      dataset: cell.dataset.key,
      backbone: cell.backbone.name,
      method: cell.method.key,
      shots: cell.shots,
      seed: cell.seed,
      target: target.key,
      accuracy: score?.accuracy ?? null,
      macro_accuracy: score?.macroAccuracy ?? null,
      correct: score?.correct ?? null,
      count: score?.count ?? null,
      train_pictures: result?.trainPictures ?? null,
      validation_pictures: result?.validationPictures ?? null,
      classes: result?.classes ?? null,
      settings: canonicalJson(cell.method),
      status: record?.status ?? 'missing',
      error_code: record?.status === 'failed' ? record.error.code : null,
      hits: score?.hits ?? null,
      mistakes: score?.mistakes ?? null,
      perClass: score?.perClass ?? null,
    };
  });
}

function timingRow({ key, cell, record }: PlannedResult): TimingRow[] {
  if (record === null) return [];
  const { run } = record;
  return [
    {
      key,
      dataset: cell.dataset.key,
      backbone: cell.backbone.name,
      method: cell.method.key,
      shots: cell.shots,
      seed: cell.seed,
      status: record.status,
      started_at: run.startedAt,
      duration_ms: run.durationMs,
      gflop: record.status === 'ok' ? record.result.flops / 1e9 : null,
      host: run.host,
      threads: run.threads,
      git_revision: run.gitRevision,
      versions: canonicalJson(run.versions),
    },
  ];
}
