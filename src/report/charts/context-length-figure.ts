import type { TopLevelSpec } from 'vega-lite';
import { canonicalJson } from '../../config/index.ts';
import { methodSettings, type ReportPlan } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import { type CurvePoint, figurePanels, panelData } from './few-shot-data.ts';
import { methodStyles } from './method-styles.ts';
import { panelTitle } from './panel-title.ts';
import { CHART_CONFIG, NEUTRALS, VEGA_LITE_SCHEMA } from './theme.ts';

/** A point at a number of context vectors, M. */
interface LengthPoint extends CurvePoint {
  readonly contexts: number;
}

const COLUMNS = 4;
/** Pixels of a panel's plot. */
const WIDTH = 178;

/** Methods of the plan that differ in nothing but the number of context vectors, by that number; null for fewer than two. */
function lengths(plan: ReportPlan): readonly { readonly key: string; readonly contexts: number }[] | null {
  const groups = new Map<string, { readonly key: string; readonly contexts: number }[]>();
  for (const { key } of plan.methods) {
    const settings = methodSettings(plan, key);
    if (settings === null || typeof settings.nCtx !== 'number') continue;
    const { key: _, nCtx, ...rest } = settings;
    const group = groups.get(canonicalJson(rest)) ?? [];
    group.push({ key, contexts: nCtx });
    groups.set(canonicalJson(rest), group);
  }
  const largest = [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  return largest.length < 2 ? null : largest.sort((a, b) => a.contexts - b.contexts);
}

/**
 * Accuracy against the number of context vectors at the most shots: a panel a test set and one for the average, with
 * ± one standard deviation over seeds, zero-shot as a dashed line.
 *
 * Mirrors: Zhou et al., IJCV 2022, arXiv 2109.01134, the study of the context length in section 4.4.
 * @returns null where no two methods of the plan differ in that number alone.
 */
export function contextLengthFigure(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  backbone: string,
): TopLevelSpec | null {
  const methods = lengths(plan);
  const shots = Math.max(...plan.shots);
  if (methods === null || plan.shots.length === 0) return null;
  const panels = figurePanels(plan, summary, backbone);
  const longest = methods.at(-1)!.key;
  const colour = methodStyles(plan.methods).get(longest)?.colour ?? NEUTRALS.ink;
  const x = {
    field: 'contexts' satisfies keyof LengthPoint,
    type: 'ordinal' as const,
    scale: { domain: methods.map(({ contexts }) => contexts), padding: 0.6 },
    axis: { title: 'Context vectors (M)', grid: false, labelAngle: 0 },
  };
  const y = {
    field: 'accuracy' satisfies keyof LengthPoint,
    type: 'quantitative' as const,
    scale: { zero: false, nice: true, padding: 10 },
  };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: accuracy by number of context vectors, one panel a test set.`,
    config: CHART_CONFIG,
    columns: Math.min(COLUMNS, panels.length),
    spacing: { row: 24, column: 20 },
    align: 'each',
    concat: panels.map((set, index) => {
      const { curves, stars } = panelData(plan, summary, set, backbone);
      const points = methods.flatMap(({ key, contexts }): LengthPoint[] => {
        return curves
          .filter((point) => point.key === key && point.shots === shots)
          .map((point) => ({ ...point, contexts }));
      });
      const axis = { title: index % COLUMNS === 0 ? 'Accuracy (%)' : null, tickCount: 4 };
      const own = { ...y, axis };
      return {
        width: WIDTH,
        height: 120,
        layer: [
          panelTitle(set.title, 13, WIDTH),
          ...(stars.length === 0
            ? []
            : [
                {
                  data: { values: stars.slice(0, 1) },
                  mark: {
                    type: 'rule' as const,
                    strokeDash: [3, 3],
                    strokeWidth: 1.2,
                    color: NEUTRALS.muted,
                    aria: false,
                  },
                  encoding: { y: own },
                },
              ]),
          {
            data: { values: points },
            mark: { type: 'rule' as const, strokeWidth: 2, color: colour, aria: false },
            encoding: { x, y: { ...own, field: 'low' }, y2: { field: 'high' } },
          },
          {
            data: { values: points },
            mark: { type: 'line' as const, strokeWidth: 1.6, opacity: 0.6, color: colour, aria: false },
            encoding: { x, y: own },
          },
          {
            data: { values: points },
            mark: { type: 'point' as const, filled: true, size: 50, opacity: 1, color: colour },
            encoding: { x, y: own, description: { field: 'label', type: 'nominal' as const } },
          },
        ],
      };
    }),
  };
}
