import type { TopLevelSpec } from 'vega-lite';
import type { ReportPlan } from '../plan.ts';
import { AVERAGE, type SummaryRow } from '../rows.ts';
import type { TestSet } from '../test-sets.ts';
import { type CurvePoint, figurePanels, panelData } from './few-shot-data.ts';
import { colourChannel, shapeChannel } from './method-channels.ts';
import { methodStyles } from './method-styles.ts';
import { CHART_CONFIG, NEUTRALS, ROW_LABEL_LIMIT, VEGA_LITE_SCHEMA } from './theme.ts';

/** Height of one method's row within a band, and the free height around them. */
const ROW = 15;
const AROUND = 16;

/**
 * What becomes of every method where the pictures change: a band a test set, the source first, then its targets
 * and their mean; in it a dot a method with ± one standard deviation over seeds. One axis for all, so that the
 * drop from the source can be read down the page. For plans with one shot count.
 *
 * Mirrors: Zhou et al., IJCV 2022, arXiv 2109.01134, table 1, as a figure.
 */
export function shiftFigure(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  backbone: string,
): TopLevelSpec {
  const panels = figurePanels(plan, summary, backbone);
  const sources = [...new Set(panels.map(({ dataset }) => dataset))];
  const sets = sources.flatMap((source) => {
    const mine = panels.filter(({ dataset }) => dataset === source);
    const own = mine.filter(({ target }) => target === source);
    const targets = mine.filter((set) => !own.includes(set) && !isMean(set));
    return [...own, ...targets, ...mine.filter(isMean)];
  });
  const points: CurvePoint[] = sets.flatMap((set) => {
    const { curves, stars } = panelData(plan, summary, set, backbone);
    return [...stars, ...curves].map((point) => {
      return { ...point, label: `${set.title}: ${point.label}` };
    });
  });
  const styles = [...methodStyles(plan.methods).values()];
  const colour = colourChannel(styles);
  const means = sets.filter(isMean).map(({ title }) => title);
  const y = {
    field: 'set' satisfies keyof CurvePoint,
    type: 'nominal' as const,
    sort: null,
    scale: { domain: sets.map(({ title }) => title), paddingInner: 0, paddingOuter: 0 },
    axis: {
      title: null,
      grid: true,
      tickBand: 'extent' as const,
      labelFontSize: 12,
      labelColor: NEUTRALS.ink,
      labelLimit: ROW_LABEL_LIMIT,
      labelFontWeight: {
        condition: { test: `indexof(${JSON.stringify(means)}, datum.value) >= 0`, value: 'bold' as const },
        value: 'normal' as const,
      },
    },
  };
  const yOffset = {
    field: 'method' satisfies keyof CurvePoint,
    type: 'nominal' as const,
    sort: null,
    scale: { domain: styles.map(({ title }) => title), paddingOuter: AROUND / 2 / ROW },
  };
  const x = {
    field: 'accuracy' satisfies keyof CurvePoint,
    type: 'quantitative' as const,
    scale: { zero: false, nice: true, padding: 8 },
    axis: { title: 'Accuracy (%)', tickCount: 8 },
  };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: accuracy by test set and method.`,
    config: { ...CHART_CONFIG, legend: { ...CHART_CONFIG.legend, columns: 4 } },
    width: 640,
    height: sets.length * (styles.length * ROW + AROUND),
    data: { values: points },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2, aria: false },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, yOffset, color: colour },
      },
      {
        mark: { type: 'point', filled: true, size: 62, opacity: 1 },
        encoding: {
          x,
          y,
          yOffset,
          color: colour,
          shape: shapeChannel(styles),
          description: { field: 'label', type: 'nominal' },
        },
      },
    ],
  };
}

function isMean({ target }: TestSet): boolean {
  return target === AVERAGE;
}
