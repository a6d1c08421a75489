import type { Config } from 'vega-lite';

/** Written into every specification, so that other tools know what it is. */
export const VEGA_LITE_SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

/** Neutral colours of the figures; a page may replace each by a variable of its own (see `page/figure.ts`). */
export const NEUTRALS = {
  ink: '#1f2933',
  muted: '#52606d',
  rule: '#9aa5b1',
  grid: '#e4e7eb',
  paper: '#ffffff',
} as const;

/** Most pixels of a row's name: room for the longest title of a method. */
export const ROW_LABEL_LIMIT = 400;

/** Axis of a figure whose rows are named things: methods, sets, pairs. */
export const ROW_NAMES = {
  title: null,
  grid: true,
  labelFontSize: 12,
  labelColor: NEUTRALS.ink,
  labelLimit: ROW_LABEL_LIMIT,
} as const;

/** First family: the font that PNG renderings carry; the others for an SVG in a browser. */
const FONT = 'DejaVu Sans, Verdana, Segoe UI, Helvetica, Arial, sans-serif';

/** Look of every figure: light, few lines, text large enough to be read in a README. */
export const CHART_CONFIG: Config = {
  font: FONT,
  background: NEUTRALS.paper,
  padding: 10,
  view: { stroke: null },
  title: { color: NEUTRALS.ink, fontSize: 13, fontWeight: 'bold', anchor: 'start', offset: 8 },
  axis: {
    domain: false,
    ticks: false,
    gridColor: NEUTRALS.grid,
    gridWidth: 1,
    labelColor: NEUTRALS.muted,
    labelFontSize: 11,
    labelPadding: 6,
    titleColor: NEUTRALS.muted,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    titlePadding: 8,
  },
  legend: {
    title: null,
    orient: 'top',
    direction: 'horizontal',
    labelColor: NEUTRALS.ink,
    labelFontSize: 12,
    labelLimit: 400,
    symbolSize: 80,
    symbolOpacity: 1,
    labelOffset: 7,
    symbolStrokeWidth: 2,
    columnPadding: 18,
    padding: 0,
    offset: 14,
  },
};
