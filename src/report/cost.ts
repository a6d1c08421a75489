import type { PlannedResult } from './join.ts';
import type { TitledKey } from './plan.ts';

/** How the command ran that made a report; known to that command alone. */
export interface RunCircumstances {
  /** ISO 8601. */
  readonly startedAt: string;
  /** From the command's start to the report. */
  readonly elapsedMs: number;
  /** Cells computed at a time. */
  readonly workers: number;
  /** Of the engine, in each worker. */
  readonly threads: number;
}

/** What some cells took. */
interface CellCost {
  readonly cells: number;
  /** Sum of the cells' own times: draw, fit, scores. */
  readonly ownMs: number;
  /** Sum of the counted operations of their fits: products of matrices, forward and gradient. */
  readonly gflop: number;
}

/** What the cells of one method took. */
export interface MethodCost extends CellCost {
  readonly method: string;
}

/** What the run took that made the report. */
export interface RunCost extends RunCircumstances {
  /** Of this run; records that stood there before are not counted. */
  readonly computed: CellCost;
  /** Share of the workers' time, workers × elapsed, that no cell accounts for; null where nothing was computed. */
  readonly shareOutside: number | null;
}

/** What a report's finished cells took, in total and by method, and its run where it is known. */
export interface ReportCost extends CellCost {
  readonly methods: readonly MethodCost[];
  readonly run: RunCost | null;
}

/**
 * Adds up what records say of time and operations.
 *
 * @param run Absent for a report that is made later, from records alone.
 */
export function costOf(
  results: readonly PlannedResult[],
  methods: readonly TitledKey[],
  run: RunCircumstances | undefined,
): ReportCost {
  const byMethod = methods.flatMap(({ key: method }) => {
    const cost = sum(results.filter(({ cell }) => cell.method.key === method));
    return cost.cells === 0 ? [] : [{ method, ...cost }];
  });
  return { ...sum(results), methods: byMethod, run: run === undefined ? null : runCost(results, run) };
}

function runCost(results: readonly PlannedResult[], run: RunCircumstances): RunCost {
  const computed = sum(results.filter(({ record }) => (record?.run.startedAt ?? '') >= run.startedAt));
  const shareOutside = computed.cells === 0 ? null : 1 - computed.ownMs / (run.elapsedMs * run.workers);
  return { ...run, computed, shareOutside };
}

function sum(results: readonly PlannedResult[]): CellCost {
  const total = { cells: 0, ownMs: 0, gflop: 0 };
  for (const { record } of results) {
    if (record?.status !== 'ok') continue;
    total.cells += 1;
    total.ownMs += record.run.durationMs;
    total.gflop += record.result.flops / 1e9;
  }
  return total;
}
