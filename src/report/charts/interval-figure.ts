import type { TopLevelSpec } from 'vega-lite';
import type { Comparison } from '../compare.ts';
import { plural, points } from '../format.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { unitWord } from '../test-sets.ts';
import { inPercent } from './few-shot-data.ts';
import { colourChannel, shapeChannel } from './method-channels.ts';
import { methodStyles } from './method-styles.ts';
import { CHART_CONFIG, NEUTRALS, ROW_NAMES, VEGA_LITE_SCHEMA } from './theme.ts';

/** One row: what the subject has more than one other method, in percentage points with six decimals. */
interface IntervalRow {
  readonly method: string;
  readonly difference: number;
  /** Ends of the interval; the difference itself where there is none. */
  readonly low: number;
  readonly high: number;
  readonly number: string;
  readonly label: string;
}

const WIDTH = 460;

/** Which of the two methods of its comparisons a figure has a row for; the other is the same in all. */
type Side = 'subject' | 'baseline';

/**
 * One method against others: a row another method in the order given, the mean difference over test sets with its
 * two-sided 95 % interval (of one set alone: over its test pictures), and a line at zero.
 *
 * @param comparisons One at least, of one subject (then a row a baseline) or of one baseline (then a row a subject).
 */
export function intervalFigure(
  plan: ReportPlan,
  comparisons: readonly Comparison[],
  side: Side = 'baseline',
): TopLevelSpec {
  const first = comparisons[0];
  if (first === undefined) throw new RangeError('internal: a figure of no differences');
  const fixed = titleOf(plan.methods, side === 'baseline' ? first.subject.method : first.baseline.method);
  const shots = plural(Math.max(...comparisons.map(({ subject }) => subject.shots)), 'shot');
  const title =
    side === 'baseline'
      ? `${fixed} minus the other method, ${shots}`
      : `Each method minus ${fixed}, ${shots}`;
  const rows = comparisons.map((comparison) => intervalRow(plan, comparison, side));
  const others = new Set(comparisons.map((comparison) => comparison[side].method));
  const only = comparisons.every(({ pairs }) => pairs.length === 1) ? first.pairs[0]?.set.title : undefined;
  const where = only === undefined ? `mean over ${unitWord(plan)}s` : `on ${only}`;
  const styles = [...methodStyles(plan.methods)].filter(([key]) => others.has(key)).map(([, style]) => style);
  const colour = colourChannel(styles, false);
  const y = {
    field: 'method' satisfies keyof IntervalRow,
    type: 'nominal' as const,
    sort: null,
    axis: ROW_NAMES,
  };
  const x = {
    field: 'difference' satisfies keyof IntervalRow,
    type: 'quantitative' as const,
    scale: { zero: true, nice: true, padding: 8 },
    axis: { title: `Difference (percentage points, ${where})`, tickCount: 7 },
  };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: ${title}, with 95 % intervals.`,
    config: CHART_CONFIG,
    title: { text: title, frame: 'group', offset: 12 },
    width: WIDTH,
    height: { step: 26 },
    data: { values: rows },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', color: NEUTRALS.rule, strokeWidth: 1.4, aria: false },
        encoding: { x: { datum: 0, type: 'quantitative' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 2.2, aria: false },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, color: colour },
      },
      {
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: {
          x,
          y,
          color: colour,
          shape: shapeChannel(styles, false),
          description: { field: 'label', type: 'nominal' },
        },
      },
      {
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'middle',
          fontSize: 12,
          color: NEUTRALS.ink,
          aria: false,
        },
        encoding: { x: { value: WIDTH + 12 }, y, text: { field: 'number', type: 'nominal' } },
      },
    ],
  };
}

function intervalRow(plan: ReportPlan, comparison: Comparison, side: Side): IntervalRow {
  const { subject, baseline, difference, pairs } = comparison;
  const method = titleOf(plan.methods, comparison[side].method);
  const interval = comparison.interval ?? (pairs.length === 1 ? pairs[0]!.interval : null);
  const range = interval === null ? '' : ` (${points(interval.low)} to ${points(interval.high)})`;
  const number = `${points(difference)}${range}`;
  return {
    method,
    difference: inPercent(difference),
    low: inPercent(interval?.low ?? difference),
    high: inPercent(interval?.high ?? difference),
    number,
    label: `${titleOf(plan.methods, subject.method)} minus ${titleOf(plan.methods, baseline.method)}: ${number} points`,
  };
}
