import { percent, plural } from '../format.ts';
import { methodLearns, type ReportPlan, titleOf } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import { shownSets, type TestSet } from '../test-sets.ts';

/** One plotted point. Accuracies in percent, rounded to six decimals so that specs stay readable. */
export interface CurvePoint {
  /** Title of what it was scored on. */
  readonly set: string;
  /** Key of the method. */
  readonly key: string;
  /** Its title. */
  readonly method: string;
  readonly shots: number;
  readonly accuracy: number;
  /** Mean minus and plus one standard deviation over seeds. */
  readonly low: number;
  readonly high: number;
  /** Accuracy as it is written beside the point, e.g. "71.2 ± 0.8". */
  readonly number: string;
  readonly seeds: number;
  /** What a person reads when pointing at it. */
  readonly label: string;
}

/** Points of one panel: the curves of methods with shots, and the stars of those without. */
export interface PanelData {
  readonly curves: readonly CurvePoint[];
  readonly stars: readonly CurvePoint[];
}

/** The points of one test set (or of an average) on one backbone, methods and shots in the plan's order. */
export function panelData(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  { dataset, target, title }: TestSet,
  backbone: string,
): PanelData {
  const mine = summary.filter((row) => {
    return row.dataset === dataset && row.target === target && row.backbone === backbone;
  });
  const pointsOf = (method: string, shots: readonly number[]) => {
    return shots.flatMap((count) => {
      return mine
        .filter((row) => row.method === method && row.shots === count)
        .map((row) => curvePoint(plan, row, title));
    });
  };
  const methods = plan.methods.map(({ key }) => key);
  return {
    curves: methods.flatMap((method) => pointsOf(method, plan.shots)),
    stars: methods.flatMap((method) => (methodLearns(plan, method) ? [] : pointsOf(method, [0]))),
  };
}

function curvePoint(plan: ReportPlan, row: SummaryRow, set: string): CurvePoint {
  const method = titleOf(plan.methods, row.method);
  const at = row.shots === 0 ? 'no shots' : plural(row.shots, 'shot');
  const spread = row.seeds > 1 ? ` ± ${percent(row.accuracy_std)}` : '';
  const number = `${percent(row.accuracy_mean)}${spread}`;
  const seeds = row.seeds > 1 ? ` (${row.seeds} seeds)` : '';
  return {
    set,
    key: row.method,
    method,
    shots: row.shots,
    accuracy: inPercent(row.accuracy_mean),
    low: inPercent(row.accuracy_mean - row.accuracy_std),
    high: inPercent(row.accuracy_mean + row.accuracy_std),
    number,
    seeds: row.seeds,
    label: `${method}, ${at}: ${number} %${seeds}`,
  };
}

/** Panels of a backbone's figures, the answer first: the plan's test sets and averages that have results. */
export function figurePanels(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  backbone: string,
): readonly TestSet[] {
  return shownSets(plan).filter((set) => {
    const { curves, stars } = panelData(plan, summary, set, backbone);
    return curves.length + stars.length > 0;
  });
}

/** A fraction in percent with six decimals. */
export function inPercent(fraction: number): number {
  return Number((100 * fraction).toFixed(6));
}
