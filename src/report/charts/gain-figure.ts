import type { TopLevelSpec } from 'vega-lite';
import type { Comparison } from '../compare.ts';
import { plural, points } from '../format.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { unitWord } from '../test-sets.ts';
import { inPercent } from './few-shot-data.ts';
import { methodStyles } from './method-styles.ts';
import { CHART_CONFIG, NEUTRALS, ROW_LABEL_LIMIT, VEGA_LITE_SCHEMA } from './theme.ts';

/** One bar: how much a method gains over another on one test set. */
interface GainBar {
  readonly dataset: string;
  /** Percentage points, rounded to six decimals. */
  readonly gain: number;
  /** Ends of the interval over test pictures; the gain itself where there is none. */
  readonly low: number;
  readonly high: number;
  readonly text: string;
  /** What a person reads when pointing at it. */
  readonly label: string;
}

/** Bars of a comparison, the largest gain first. */
function gainBars(comparison: Comparison): readonly GainBar[] {
  const sorted = [...comparison.pairs].sort((a, b) => b.difference - a.difference);
  return sorted.map(({ set, difference, interval }) => {
    return {
      dataset: set.title,
      gain: inPercent(difference),
      low: inPercent(interval?.low ?? difference),
      high: inPercent(interval?.high ?? difference),
      text: points(difference),
      label: `${set.title}: ${points(difference)} points${
        interval === null ? '' : ` (${points(interval.low)} to ${points(interval.high)})`
      }`,
    };
  });
}

/**
 * Gain of one method over another, a horizontal bar a test set with the interval over its test pictures.
 *
 * Mirrors: Zhou et al., IJCV 2022, arXiv 2109.01134, figure 4 (16 shots against hand-made prompts).
 */
export function gainFigure(plan: ReportPlan, comparison: Comparison): TopLevelSpec {
  const bars = gainBars(comparison);
  const { subject, baseline } = comparison;
  const title = `${titleOf(plan.methods, subject.method)} minus ${titleOf(plan.methods, baseline.method)}, ${plural(subject.shots, 'shot')}`;
  const colour = methodStyles(plan.methods).get(subject.method)?.colour ?? NEUTRALS.muted;
  // Room for the numbers beyond the ends of the bars.
  const values = bars.flatMap(({ gain, low, high }) => [gain, low, high]);
  const reach = Math.max(...values.map(Math.abs), 1);
  const low = Math.min(0, ...values);
  const domain = [low < 0 ? low - 0.16 * reach : 0, Math.max(0, ...values) + 0.16 * reach];
  const y = {
    field: 'dataset',
    type: 'nominal' as const,
    sort: null,
    axis: { title: null, labelFontSize: 12, labelLimit: ROW_LABEL_LIMIT },
  };
  const x = {
    field: 'gain',
    type: 'quantitative' as const,
    scale: { domain, nice: false },
    axis: { title: 'Accuracy gained (percentage points)', tickCount: 6 },
  };
  // Numbers stand beyond the interval.
  const [left, right] = [
    { ...x, field: 'low' },
    { ...x, field: 'high' },
  ];
  const text = { field: 'text', type: 'nominal' as const };
  const description = { field: 'label', type: 'nominal' as const };
  const label = { type: 'text' as const, baseline: 'middle' as const, color: NEUTRALS.ink, aria: false };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: ${title}, one bar a ${unitWord(plan)}.`,
    config: CHART_CONFIG,
    title: { text: title, frame: 'group', offset: 12 },
    width: 520,
    height: { step: 24 },
    data: { values: [...bars] },
    layer: [
      {
        mark: { type: 'bar', height: { band: 0.62 }, color: colour },
        encoding: { x, y, opacity: negativeOpacity(), description },
      },
      {
        mark: { type: 'rule', color: NEUTRALS.ink, strokeWidth: 1.3, aria: false },
        encoding: { x: left, x2: { field: 'high' }, y },
      },
      {
        transform: [{ filter: 'datum.gain >= 0' }],
        mark: { ...label, align: 'left', dx: 6 },
        encoding: { x: right, y, text },
      },
      {
        transform: [{ filter: 'datum.gain < 0' }],
        mark: { ...label, align: 'right', dx: -6 },
        encoding: { x: left, y, text },
      },
    ],
  };
}

/** Losses in the same colour, paler: the direction says it, the colour names the method. */
function negativeOpacity() {
  return { condition: { test: 'datum.gain < 0', value: 0.5 }, value: 1 };
}
