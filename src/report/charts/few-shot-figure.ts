import type { TopLevelSpec } from 'vega-lite';
import type { NonNormalizedSpec } from 'vega-lite/types_unstable/spec/index.js';
import type { ReportPlan } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import type { TestSet } from '../test-sets.ts';
import { figurePanels, panelData } from './few-shot-data.ts';
import { colourChannel, shapeChannel } from './method-channels.ts';
import { methodStyles } from './method-styles.ts';
import { panelTitle } from './panel-title.ts';
import { CHART_CONFIG, VEGA_LITE_SCHEMA } from './theme.ts';

/** Size and manner of one panel. */
interface PanelLook {
  readonly width: number;
  readonly height: number;
  readonly titleSize: number;
  /** Titles of the axes; panels inside a figure leave out what their neighbours say. */
  readonly xTitle: string | null;
  readonly yTitle: string | null;
  readonly pointSize: number;
  readonly lineWidth: number;
}

const COLUMNS = 4;
const X_TITLE = 'Labelled training pictures per class';
const Y_TITLE = 'Accuracy (%)';

/**
 * The paper's few-shot figure: one panel a test set and one for the average, shots on x (evenly spaced),
 * accuracy in percent on y (each panel its own range), a line a method with a band of ± one standard
 * deviation over seeds, zero-shot as a star at 0 shots with a dashed line to compare by.
 *
 * Mirrors: Zhou et al., IJCV 2022, arXiv 2109.01134, figure 3. Differs: x is evenly spaced (there linear),
 * band and dashed line are added.
 */
export function fewShotFigure(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  backbone: string,
): TopLevelSpec {
  const panels = figurePanels(plan, summary, backbone);
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: accuracy by labelled pictures per class, one panel a test set.`,
    config: { ...CHART_CONFIG, legend: { ...CHART_CONFIG.legend, columns: 5 } },
    columns: Math.min(COLUMNS, panels.length),
    spacing: { row: 24, column: 20 },
    align: 'each',
    concat: panels.map((set, index) => {
      return panel(plan, summary, set, backbone, {
        ...SMALL,
        yTitle: index % COLUMNS === 0 ? Y_TITLE : null,
      });
    }),
  };
}

/** Look of a panel among others. */
const SMALL = {
  width: 178,
  height: 138,
  titleSize: 13,
  xTitle: 'Shots per class',
  yTitle: Y_TITLE,
  pointSize: 34,
  lineWidth: 1.8,
} satisfies PanelLook;

/** One panel of the figure alone, without a legend: for a page that has its own. */
export function fewShotPanel(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  backbone: string,
  set: TestSet,
): TopLevelSpec {
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}, ${set.title}: accuracy by labelled pictures per class.`,
    config: { ...CHART_CONFIG, padding: 2, legend: { disable: true } },
    ...panel(plan, summary, set, backbone, SMALL),
  };
}

/** One panel alone, large enough to be a headline. */
export function fewShotPlot(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  backbone: string,
  set: TestSet,
): TopLevelSpec {
  const look = {
    width: 520,
    height: 330,
    titleSize: 16,
    xTitle: X_TITLE,
    yTitle: Y_TITLE,
    pointSize: 90,
    lineWidth: 2.4,
  };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}, ${set.title}: accuracy by labelled pictures per class.`,
    config: {
      ...CHART_CONFIG,
      axis: { ...CHART_CONFIG.axis, labelFontSize: 13, titleFontSize: 13 },
      legend: { ...CHART_CONFIG.legend, columns: 3 },
    },
    // A concat of one, as the figure: the legend then stands above the panel's title.
    concat: [panel(plan, summary, set, backbone, look)],
  };
}

function panel(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  set: TestSet,
  backbone: string,
  look: PanelLook,
): Extract<NonNormalizedSpec, { layer: unknown }> {
  const { curves, stars } = panelData(plan, summary, set, backbone);
  const styles = [...methodStyles(plan.methods).values()];
  const colour = colourChannel(styles);
  const x = {
    field: 'shots',
    type: 'ordinal' as const,
    // Given in full: the same places in every panel, also where a method has no point.
    scale: { domain: shotsDomain(plan), padding: 0.35 },
    axis: { title: look.xTitle, grid: false, labelAngle: 0 },
  };
  const y = {
    field: 'accuracy',
    type: 'quantitative' as const,
    scale: { zero: false, nice: true, padding: 6 },
    axis: { title: look.yTitle, tickCount: 4 },
  };
  const text = { field: 'label', type: 'nominal' as const };
  const curveData = { values: [...curves] };
  const starData = { values: [...stars] };
  const { lineWidth, pointSize } = look;
  return {
    width: look.width,
    height: look.height,
    layer: [
      panelTitle(set.title, look.titleSize),
      ...(stars.length === 0
        ? []
        : [
            {
              data: starData,
              mark: {
                type: 'rule' as const,
                strokeDash: [3, 3],
                strokeWidth: 1.2,
                opacity: 0.8,
                aria: false,
              },
              encoding: { y, color: colour },
            },
          ]),
      {
        data: curveData,
        mark: { type: 'area', opacity: 0.16, aria: false },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: colour },
      },
      {
        data: curveData,
        mark: { type: 'line', strokeWidth: lineWidth, aria: false },
        encoding: { x, y, color: colour },
      },
      {
        data: { values: [...curves, ...stars] },
        mark: { type: 'point', filled: true, size: pointSize, opacity: 1 },
        encoding: { x, y, color: colour, shape: shapeChannel(styles), description: text },
      },
    ],
  };
}

function shotsDomain(plan: ReportPlan): number[] {
  const zero = plan.cells.some(({ cell }) => cell.shots === 0) ? [0] : [];
  return [...zero, ...plan.shots];
}
