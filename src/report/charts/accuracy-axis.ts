import type { CurvePoint } from './few-shot-data.ts';

/** Ends and marks of an axis of accuracy in percent. */
export interface AccuracyAxis {
  readonly domain: readonly [low: number, high: number];
  readonly ticks: readonly number[];
}

/** Distances between marks, in points. */
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50] as const;
const MOST_TICKS = 6;
/** Room beyond the outermost points, as a share of their distance. */
const ROOM = 0.06;
/** Least distance of the ends, in points: what is equal shall look equal. */
const LEAST_RANGE = 2;

/**
 * An axis with all points and their bands between its ends. Told in full and not left to Vega, so that what stands
 * beside the plot is placed by it too.
 */
export function accuracyAxis(points: readonly Pick<CurvePoint, 'low' | 'high'>[]): AccuracyAxis {
  const least = Math.min(...points.map(({ low }) => low));
  const most = Math.max(...points.map(({ high }) => high));
  const missing = Math.max(0, LEAST_RANGE - (most - least)) / 2;
  const room = missing + ROOM * (most - least);
  const [low, high] = [Number((least - room).toFixed(6)), Number((most + room).toFixed(6))];
  const ticksOf = (step: number) => {
    const first = Math.ceil(low / step);
    const count = Math.max(0, Math.floor(high / step) - first + 1);
    const values = Array.from({ length: count }, (_, i) => Number(((first + i) * step).toFixed(1)));
    return values.filter((value) => value >= 0 && value <= 100);
  };
  const ticks = STEPS.map(ticksOf).find((values) => values.length <= MOST_TICKS);
  return { domain: [low, high], ticks: ticks ?? [] };
}
