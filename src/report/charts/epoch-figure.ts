import type { TopLevelSpec } from 'vega-lite';
import type { MethodDetails } from '../../config/index.ts';
import type { PlannedResult } from '../join.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { methodStyles } from './method-styles.ts';
import { panelTitle } from './panel-title.ts';
import { CHART_CONFIG, NEUTRALS, VEGA_LITE_SCHEMA } from './theme.ts';

/** One epoch of one run. */
interface EpochPoint {
  readonly set: string;
  readonly seed: string;
  readonly epoch: number;
  /** Mean training loss rounded to five decimals, or training accuracy in percent to six. */
  readonly value: number;
}

/** What is drawn against the epoch. */
interface Measure {
  readonly words: string;
  readonly axis: string;
  readonly zero: boolean;
  readonly read: (details: MethodDetails) => readonly number[];
}

const MEASURES = {
  loss: {
    words: 'training loss',
    axis: 'Loss',
    zero: true,
    read: ({ lossPerEpoch = [] }) => lossPerEpoch.map((loss) => Number(loss.toFixed(5))),
  },
  accuracy: {
    words: 'accuracy on the training pictures',
    axis: 'Training accuracy (%)',
    zero: false,
    read: ({ accuracyPerEpoch = [] }) => accuracyPerEpoch.map((share) => Number((100 * share).toFixed(6))),
  },
} as const satisfies Record<string, Measure>;

const COLUMNS = 4;
/** Pixels of a panel's plot. */
const WIDTH = 178;

/**
 * Training loss, or accuracy on the training pictures, by epoch: a panel a dataset and a thin line a seed.
 *
 * @param results Finished runs of one method, backbone and shot count.
 * @returns null where no run tells it.
 */
export function epochFigure(
  plan: ReportPlan,
  method: string,
  results: readonly PlannedResult[],
  measure: keyof typeof MEASURES,
): TopLevelSpec | null {
  const { words, axis, zero, read } = MEASURES[measure];
  const panels = plan.datasets.flatMap(({ key, title }) => {
    const mine = results.filter(({ cell }) => cell.dataset.key === key);
    const points = mine.flatMap((result) => epochPoints(result, title, read));
    return points.length === 0 ? [] : [{ title, points }];
  });
  if (panels.length === 0) return null;
  const colour = methodStyles(plan.methods).get(method)?.colour ?? NEUTRALS.muted;
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: ${words} of ${titleOf(plan.methods, method)} by epoch, one panel a dataset.`,
    config: CHART_CONFIG,
    columns: Math.min(COLUMNS, panels.length),
    spacing: { row: 20, column: 20 },
    align: 'each',
    concat: panels.map(({ title, points }, index) => {
      return {
        width: WIDTH,
        height: 84,
        layer: [
          panelTitle(title, 12, WIDTH),
          {
            data: { values: points },
            mark: { type: 'line' as const, strokeWidth: 1.3, opacity: 0.75, color: colour, aria: false },
            encoding: {
              x: {
                field: 'epoch' satisfies keyof EpochPoint,
                type: 'quantitative' as const,
                scale: { nice: false, zero: false },
                axis: { title: 'Epoch', grid: false, tickCount: 5, tickMinStep: 1 },
              },
              y: {
                field: 'value' satisfies keyof EpochPoint,
                type: 'quantitative' as const,
                scale: { zero, nice: true },
                axis: { title: index % COLUMNS === 0 ? axis : null, tickCount: 3 },
              },
              detail: { field: 'seed' satisfies keyof EpochPoint, type: 'nominal' as const },
            },
          },
        ],
      };
    }),
  };
}

function epochPoints({ cell, record }: PlannedResult, set: string, read: Measure['read']): EpochPoint[] {
  const values = record?.status === 'ok' ? read(record.result.details) : [];
  return values.map((value, index) => ({ set, seed: `seed ${cell.seed ?? ''}`, epoch: index + 1, value }));
}
