import type { TopLevelSpec } from 'vega-lite';
import { inPercent } from '../charts/few-shot-data.ts';
import { CHART_CONFIG, NEUTRALS, ROW_NAMES, VEGA_LITE_SCHEMA } from '../charts/theme.ts';
import { plural, points } from '../format.ts';
import type { RunContrast } from './pair-runs.ts';

/** One method at one shot count. */
interface DifferenceRow {
  readonly name: string;
  /** Percentage points, six decimals. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly number: string;
  readonly label: string;
}

const WIDTH = 420;
const COLOUR = '#0072b2';

/** The second run minus the first: a row a method and shot count, with its 95 % interval. */
export function runDifferenceFigure(
  contrasts: readonly RunContrast[],
  nameOf: (contrast: RunContrast) => string,
): TopLevelSpec {
  const rows = contrasts.map((contrast): DifferenceRow => {
    const { difference, interval, pairs } = contrast;
    const range = interval === null ? '' : ` (${points(interval.low)} to ${points(interval.high)})`;
    const number = `${points(difference)}${range}`;
    const name = nameOf(contrast);
    return {
      name,
      difference: inPercent(difference),
      low: inPercent(interval?.low ?? difference),
      high: inPercent(interval?.high ?? difference),
      number,
      label: `${name}: ${number} points over ${plural(pairs.length, 'set')}`,
    };
  });
  const y = {
    field: 'name' satisfies keyof DifferenceRow,
    type: 'nominal' as const,
    sort: null,
    axis: ROW_NAMES,
  };
  const x = {
    field: 'difference' satisfies keyof DifferenceRow,
    type: 'quantitative' as const,
    // Runs with the same results have no range of their own.
    scale: rows.some(({ low, high }) => low !== 0 || high !== 0)
      ? { zero: true, nice: true, padding: 8 }
      : { domain: [-1, 1] },
    axis: { title: 'B minus A (percentage points)', tickCount: 7 },
  };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: 'Differences of two runs with 95 % intervals, a row a method and shot count.',
    config: CHART_CONFIG,
    width: WIDTH,
    height: { step: 24 },
    data: { values: rows },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', color: NEUTRALS.rule, strokeWidth: 1.4, aria: false },
        encoding: { x: { datum: 0, type: 'quantitative' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 2.2, color: COLOUR, aria: false },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
      },
      {
        mark: { type: 'point', filled: true, size: 80, opacity: 1, color: COLOUR },
        encoding: { x, y, description: { field: 'label', type: 'nominal' } },
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
