import type { TopLevelSpec } from 'vega-lite';
import type { NonNormalizedSpec } from 'vega-lite/types_unstable/spec/index.js';
import type { ReportPlan } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import type { TestSet } from '../test-sets.ts';
import { figurePanels, panelData } from './few-shot-data.ts';
import { colourChannel, shapeChannel } from './method-channels.ts';
import { methodStyles } from './method-styles.ts';
import { panelTitle } from './panel-title.ts';
import { CHART_CONFIG, NEUTRALS, ROW_LABEL_LIMIT, VEGA_LITE_SCHEMA } from './theme.ts';

/** Size and manner of one panel. */
interface PanelLook {
  readonly width: number;
  /** Height of one method's row. */
  readonly step: number;
  readonly titleSize: number;
  readonly labelSize: number;
  readonly xTitle: string | null;
  readonly pointSize: number;
  /** Whether rows carry the methods' names; a panel right of another leaves them to it. */
  readonly names: boolean;
  /** Whether rows end with their numbers. */
  readonly numbers: boolean;
}

const COLUMNS = 4;
const X_TITLE = 'Accuracy (%)';

/**
 * Accuracy of every method at the plan's only shot count: one panel a test set and one for the average, a row a
 * method in the plan's order, a dot with ± one standard deviation over seeds, zero-shot's as a dashed line.
 * Every panel has its own axis.
 */
export function dotFigure(plan: ReportPlan, summary: readonly SummaryRow[], backbone: string): TopLevelSpec {
  const panels = figurePanels(plan, summary, backbone);
  const columns = Math.min(COLUMNS, panels.length);
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: accuracy by method, one panel a test set.`,
    config: CHART_CONFIG,
    columns,
    spacing: { row: 26, column: 26 },
    align: 'each',
    concat: panels.map((set, index) => {
      return panel(plan, summary, set, backbone, {
        ...SMALL,
        names: index % columns === 0,
      });
    }),
  };
}

/** Look of a panel among others. */
const SMALL = {
  width: 148,
  step: 16,
  titleSize: 13,
  labelSize: 11,
  xTitle: X_TITLE,
  pointSize: 46,
  names: true,
  numbers: false,
} satisfies PanelLook;

/** One panel of the figure alone: for a page that lays them out itself. */
export function dotPanel(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  backbone: string,
  set: TestSet,
): TopLevelSpec {
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}, ${set.title}: accuracy by method.`,
    config: { ...CHART_CONFIG, padding: 2 },
    ...panel(plan, summary, set, backbone, SMALL),
  };
}

/** One panel alone, with its numbers, large enough to be a headline. */
export function dotPlot(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  backbone: string,
  set: TestSet,
): TopLevelSpec {
  const look = {
    width: 290,
    step: 34,
    titleSize: 15,
    labelSize: 13,
    xTitle: X_TITLE,
    pointSize: 110,
    names: true,
    numbers: true,
  };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}, ${set.title}: accuracy by method.`,
    config: {
      ...CHART_CONFIG,
      axis: { ...CHART_CONFIG.axis, labelFontSize: look.labelSize, titleFontSize: look.labelSize },
    },
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
  const colour = colourChannel(styles, false);
  const x = {
    field: 'accuracy',
    type: 'quantitative' as const,
    scale: { zero: false, nice: true, padding: 8 },
    axis: { title: look.xTitle, tickCount: look.numbers ? 6 : 4, labelOverlap: true, labelSeparation: 8 },
  };
  const y = {
    field: 'method',
    type: 'nominal' as const,
    sort: null,
    // Given in full: the same rows in every panel, also where a method has no result.
    scale: { domain: styles.map(({ title }) => title) },
    axis: {
      title: null,
      labels: look.names,
      grid: true,
      labelFontSize: look.labelSize,
      labelColor: NEUTRALS.ink,
      labelLimit: ROW_LABEL_LIMIT,
    },
  };
  const number = {
    type: 'text' as const,
    align: 'left' as const,
    baseline: 'middle' as const,
    fontSize: look.labelSize,
    color: NEUTRALS.ink,
    aria: false,
  };
  return {
    width: look.width,
    height: { step: look.step },
    data: { values: [...stars, ...curves] },
    layer: [
      panelTitle(set.title, look.titleSize, look.width),
      ...(stars.length === 0
        ? []
        : [
            {
              data: { values: [...stars] },
              mark: {
                type: 'rule' as const,
                strokeDash: [3, 3],
                strokeWidth: 1.2,
                opacity: 0.8,
                aria: false,
              },
              encoding: { x, color: colour },
            },
          ]),
      {
        mark: { type: 'rule', strokeWidth: 2.2, aria: false },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, color: colour },
      },
      {
        mark: { type: 'point', filled: true, size: look.pointSize, opacity: 1 },
        encoding: {
          x,
          y,
          color: colour,
          shape: shapeChannel(styles, false),
          description: { field: 'label', type: 'nominal' },
        },
      },
      ...(look.numbers
        ? [
            {
              mark: number,
              encoding: {
                x: { value: look.width + 12 },
                y,
                text: { field: 'number', type: 'nominal' as const },
              },
            },
          ]
        : []),
    ],
  };
}
