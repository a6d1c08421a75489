import type { TopLevelSpec } from 'vega-lite';
import type { NonNormalizedSpec } from 'vega-lite/types_unstable/spec/index.js';
import type { ReportPlan } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import type { TestSet } from '../test-sets.ts';
import { accuracyAxis } from './accuracy-axis.ts';
import { type CurvePoint, figurePanels, type PanelData, panelData } from './few-shot-data.ts';
import { labelsHeight, labelsWidth, lineLabelLayers, lineLabels } from './line-labels.ts';
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
  /** Size of the methods' names beside the curves; null where another panel or a legend tells them. */
  readonly labelSize: number | null;
}

const COLUMNS = 4;
const X_TITLE = 'Labelled training pictures per class';
const Y_TITLE = 'Accuracy (%)';

/** Look of a panel among others. */
const SMALL = {
  width: 178,
  height: 138,
  titleSize: 13,
  xTitle: 'Shots per class',
  yTitle: Y_TITLE,
  pointSize: 34,
  lineWidth: 1.8,
  labelSize: null,
} satisfies PanelLook;

/** Look of the answer over the other panels of a figure. */
const LARGE = {
  ...SMALL,
  height: 210,
  titleSize: 15,
  xTitle: X_TITLE,
  pointSize: 60,
  lineWidth: 2.2,
  labelSize: 12,
} satisfies PanelLook;

/** Look of a panel alone. */
const ALONE = {
  ...LARGE,
  height: 330,
  titleSize: 16,
  pointSize: 90,
  lineWidth: 2.4,
  labelSize: 13,
} satisfies PanelLook;

/** Pixels of a panel alone with the names beside it, and the fewest that are left for its curves. */
const ALONE_WIDTH = 600;
const NARROWEST = 300;
/** Pixels between two panels of a row, with the second one's axis. */
const BETWEEN = 43;

/**
 * The paper's few-shot figure: one panel a test set and one for the average, shots on x (evenly spaced),
 * accuracy in percent on y (each panel its own range), a line a method with a band of ± one standard
 * deviation over seeds, zero-shot as a star at 0 shots with a dashed line to compare by. The average stands
 * over the others, as wide as they are together, with the methods' names at the ends of its curves; where it
 * lacks a method, a legend stands over panels of one size.
 *
 * Mirrors: Zhou et al., IJCV 2022, arXiv 2109.01134, figure 3. Differs: x is evenly spaced (there linear), a
 * legend in each panel is names in one, band and dashed line are added.
 */
export function fewShotFigure(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  backbone: string,
): TopLevelSpec {
  const sets = figurePanels(plan, summary, backbone);
  const data = sets.map((set) => ({ set, data: panelData(plan, summary, set, backbone) }));
  const [first, ...others] = data;
  const head = {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: accuracy by labelled pictures per class, one panel a test set.`,
  };
  if (first === undefined || !namesAll(first.data, data)) {
    const config = { ...CHART_CONFIG, legend: { ...CHART_CONFIG.legend, columns: 3 } };
    return { ...head, config, ...grid(plan, data) };
  }
  const columns = Math.min(COLUMNS, others.length);
  const width = Math.max(ALONE_WIDTH, columns * SMALL.width + (columns - 1) * BETWEEN);
  const large = panel(plan, first.set, first.data, labelledLook(LARGE, first.data, width));
  return {
    ...head,
    config: WITHOUT_LEGEND,
    spacing: 30,
    vconcat: [large, ...(others.length === 0 ? [] : [grid(plan, others)])],
  };
}

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
    config: { ...WITHOUT_LEGEND, padding: 2 },
    ...panel(plan, set, panelData(plan, summary, set, backbone), SMALL),
  };
}

/** One panel alone, large enough to be a headline, with the methods' names at the ends of its curves. */
export function fewShotPlot(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  backbone: string,
  set: TestSet,
): TopLevelSpec {
  const data = panelData(plan, summary, set, backbone);
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}, ${set.title}: accuracy by labelled pictures per class.`,
    config: {
      ...WITHOUT_LEGEND,
      axis: { ...CHART_CONFIG.axis, labelFontSize: 13, titleFontSize: 13 },
    },
    ...panel(plan, set, data, labelledLook(ALONE, data, ALONE_WIDTH)),
  };
}

const WITHOUT_LEGEND = { ...CHART_CONFIG, legend: { disable: true } };

/** Panels of one size. */
function grid(plan: ReportPlan, panels: readonly { readonly set: TestSet; readonly data: PanelData }[]) {
  return {
    columns: Math.min(COLUMNS, panels.length),
    spacing: { row: 24, column: 20 },
    align: 'each' as const,
    concat: panels.map(({ set, data }, index) => {
      return panel(plan, set, data, { ...SMALL, yTitle: index % COLUMNS === 0 ? Y_TITLE : null });
    }),
  };
}

/** A look whose curves leave the names the room that they need. */
function labelledLook(
  look: PanelLook & { readonly labelSize: number },
  data: PanelData,
  width: number,
): PanelLook {
  const { labelSize, height } = look;
  const methods = curveEnds(data).map(({ method }) => method);
  return {
    ...look,
    width: Math.max(NARROWEST, width - labelsWidth(methods, labelSize)),
    height: Math.max(height, labelsHeight(methods.length, labelSize)),
  };
}

/** The last point of each curve, and each star. */
function curveEnds({ curves, stars }: PanelData): readonly CurvePoint[] {
  return [...new Map([...stars, ...curves].map((point) => [point.key, point])).values()];
}

/** Whether a panel has every method that any has. */
function namesAll(panel: PanelData, all: readonly { readonly data: PanelData }[]): boolean {
  const keys = new Set(curveEnds(panel).map(({ key }) => key));
  return all.every(({ data }) => curveEnds(data).every(({ key }) => keys.has(key)));
}

function panel(
  plan: ReportPlan,
  set: TestSet,
  data: PanelData,
  look: PanelLook,
): Extract<NonNormalizedSpec, { layer: unknown }> {
  const { curves, stars } = data;
  const styles = [...methodStyles(plan.methods).values()];
  const colour = colourChannel(styles);
  const x = {
    field: 'shots',
    type: 'ordinal' as const,
    // Given in full: the same places in every panel, also where a method has no point.
    scale: { domain: shotsDomain(plan), padding: look.labelSize === null ? 0.35 : 0.22 },
    axis: { title: look.xTitle, grid: false, labelAngle: 0 },
  };
  const { domain, ticks } = accuracyAxis([...curves, ...stars]);
  const y = {
    field: 'accuracy',
    type: 'quantitative' as const,
    scale: { domain: [...domain], nice: false },
    axis: { title: look.yTitle, values: [...ticks] },
  };
  const text = { field: 'label', type: 'nominal' as const };
  const curveData = { values: [...curves] };
  const starData = { values: [...stars] };
  const { lineWidth, pointSize, labelSize } = look;
  return {
    width: look.width,
    height: look.height,
    layer: [
      panelTitle(set.title, look.titleSize, look.width),
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
      ...(labelSize === null
        ? []
        : lineLabelLayers(
            lineLabels(curveEnds(data), domain, look.height, labelSize),
            { width: look.width, fontSize: labelSize },
            { x, y, colour },
          )),
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
