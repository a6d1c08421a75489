import { textWidth } from './text-width.ts';
import { NEUTRALS, ROW_LABEL_LIMIT } from './theme.ts';

/** A curve's end, and where its name stands beside it. Heights in the unit of the y axis. */
export interface LineLabel {
  /** Title of what it was scored on. */
  readonly set: string;
  readonly method: string;
  readonly shots: number;
  readonly accuracy: number;
  /** Height of the name's middle: `accuracy`, or away from it as far as the neighbours need. */
  readonly label_at: number;
}

/** The last point of a curve. */
type CurveEnd = Omit<LineLabel, 'label_at'>;

/** Pixels from the plot's right edge to the names: room for the lines that lead to them. */
const LEADER = 16;
/** Height of a line of names, in units of the font size. */
const LINE_HEIGHT = 1.3;

/** Pixels that names take at the right of a plot. */
export function labelsWidth(methods: readonly string[], fontSize: number): number {
  const longest = Math.max(0, ...methods.map((method) => textWidth(method, fontSize, false)));
  return Math.ceil(LEADER + Math.min(longest, ROW_LABEL_LIMIT));
}

/** Pixels that so many names need above one another. */
export function labelsHeight(count: number, fontSize: number): number {
  return Math.ceil(count * LINE_HEIGHT * fontSize);
}

/**
 * Names beside the ends of curves, moved apart where they would overlap: of all arrangements in the curves' order
 * the one with the least sum of squared moves.
 *
 * @param domain Ends of the y axis.
 * @param height Pixels of the y axis; at least `labelsHeight`, so that all find room.
 */
export function lineLabels(
  ends: readonly CurveEnd[],
  domain: readonly [low: number, high: number],
  height: number,
  fontSize: number,
): readonly LineLabel[] {
  const gap = ((domain[1] - domain[0]) / height) * LINE_HEIGHT * fontSize;
  const sorted = [...ends].sort((a, b) => a.accuracy - b.accuracy);
  // Without what lies below it each name's place only has to be no lower than its neighbour's: an isotonic regression.
  const places = nonDecreasing(sorted.map(({ accuracy }, i) => accuracy - i * gap));
  const [low, high] = [domain[0] + gap / 2, domain[1] - gap / 2 - (sorted.length - 1) * gap];
  return sorted.map(({ set, method, shots, accuracy }, i) => {
    const place = Math.max(low, Math.min(places[i]!, high)) + i * gap;
    return { set, method, shots, accuracy, label_at: Number(place.toFixed(6)) };
  });
}

/** The nearest values in the sense of least squares that never fall (pool adjacent violators). */
function nonDecreasing(values: readonly number[]): readonly number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const value of values) {
    let pool = { sum: value, count: 1 };
    for (let last = pools.at(-1); last !== undefined; last = pools.at(-1)) {
      if (last.sum / last.count <= pool.sum / pool.count) break;
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
}

/**
 * Layers that draw the names at the right of a plot, each with a thin line in the method's colour from its curve's end.
 *
 * @param x Encoding of the shots.
 * @param y Encoding of the accuracy.
 */
export function lineLabelLayers<X extends object, Y extends object, Colour extends object>(
  labels: readonly LineLabel[],
  { width, fontSize }: { readonly width: number; readonly fontSize: number },
  { x, y, colour }: { readonly x: X; readonly y: Y; readonly colour: Colour },
) {
  const data = { values: [...labels] };
  const at = 'label_at' satisfies keyof LineLabel;
  // Zero-shot's dashed line ends at the plot's edge, a curve at its last point.
  const leader = (filter: string, start: object) => ({
    data,
    transform: [{ filter }],
    mark: { type: 'rule' as const, strokeWidth: 1.2, strokeDash: [1.5, 2.5], aria: false },
    encoding: { x: start, x2: { value: width + LEADER - 4 }, y, y2: { field: at }, color: colour },
  });
  return [
    leader('datum.shots > 0', x),
    leader('datum.shots === 0', { value: width }),
    {
      data,
      mark: {
        type: 'text' as const,
        align: 'left' as const,
        baseline: 'middle' as const,
        fontSize,
        color: NEUTRALS.ink,
        limit: ROW_LABEL_LIMIT,
        aria: false,
      },
      encoding: {
        x: { value: width + LEADER },
        y: { ...y, field: at },
        text: { field: 'method' satisfies keyof LineLabel, type: 'nominal' as const },
      },
    },
  ];
}
