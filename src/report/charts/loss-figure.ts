import type { TopLevelSpec } from 'vega-lite';
import type { PlannedResult } from '../join.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { methodStyles } from './method-styles.ts';
import { panelTitle } from './panel-title.ts';
import { CHART_CONFIG, NEUTRALS, VEGA_LITE_SCHEMA } from './theme.ts';

/** One epoch of one run. */
interface LossPoint {
  readonly epoch: number;
  /** Mean training loss of the epoch, rounded to five decimals. */
  readonly loss: number;
  readonly seed: string;
}

const COLUMNS = 4;

/**
 * Training loss by epoch, a panel a dataset and a thin line a seed.
 *
 * @param results Finished runs of one method, backbone and shot count.
 * @returns null where no run tells its losses.
 */
export function lossFigure(
  plan: ReportPlan,
  method: string,
  results: readonly PlannedResult[],
): TopLevelSpec | null {
  const panels = plan.datasets.flatMap(({ key, title }) => {
    const points = results.filter(({ cell }) => cell.dataset.key === key).flatMap(lossPoints);
    return points.length === 0 ? [] : [{ title, points }];
  });
  if (panels.length === 0) return null;
  const colour = methodStyles(plan.methods).get(method)?.colour ?? NEUTRALS.muted;
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: training loss of ${titleOf(plan.methods, method)} by epoch, one panel a dataset.`,
    config: CHART_CONFIG,
    columns: Math.min(COLUMNS, panels.length),
    spacing: { row: 20, column: 20 },
    align: 'each',
    concat: panels.map(({ title, points }, index) => {
      const last = Math.floor(index / COLUMNS) === Math.floor((panels.length - 1) / COLUMNS);
      const xTitle = last ? 'Epoch' : null;
      const yTitle = index % COLUMNS === 0 ? 'Loss' : null;
      return {
        width: 178,
        height: 84,
        layer: [
          panelTitle(title, 12),
          {
            data: { values: points },
            mark: { type: 'line' as const, strokeWidth: 1.3, opacity: 0.75, color: colour, aria: false },
            encoding: {
              x: {
                field: 'epoch',
                type: 'quantitative' as const,
                scale: { nice: false, zero: false },
                axis: { title: xTitle, grid: false, tickCount: 5, tickMinStep: 1 },
              },
              y: {
                field: 'loss',
                type: 'quantitative' as const,
                scale: { zero: true },
                axis: { title: yTitle, tickCount: 3 },
              },
              detail: { field: 'seed', type: 'nominal' as const },
            },
          },
        ],
      };
    }),
  };
}

function lossPoints({ cell, record }: PlannedResult): LossPoint[] {
  const losses = record?.status === 'ok' ? (record.result.details.lossPerEpoch ?? []) : [];
  return losses.map((loss, index) => {
    return { epoch: index + 1, loss: Number(loss.toFixed(5)), seed: String(cell.seed ?? '') };
  });
}
