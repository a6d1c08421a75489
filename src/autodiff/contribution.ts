import type { Node, Shape } from '../ir/index.ts';
import { add, concat, pad, reduceSum, reshape, zeros } from '../ir/index.ts';

/** A cotangent known only for one range of one axis, zero elsewhere: what a slice sends back. */
interface PartialCotangent {
  readonly part: Node;
  readonly axis: number;
  readonly start: number;
  /** Shape of the whole. */
  readonly shape: Shape;
}

/** What one user of a value sends back to it. */
export type Contribution = Node | PartialCotangent;

const isPartial = (c: Contribution): c is PartialCotangent => 'part' in c;

const endOf = (c: PartialCotangent): number => c.start + c.part.shape[c.axis]!;

/** Sums a broadcast cotangent back to the operand's shape. */
export function unbroadcast(g: Node, shape: Shape): Node {
  const extra = g.shape.length - shape.length;
  const axes = g.shape.flatMap((size, axis) =>
    axis < extra || (shape[axis - extra] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(reduceSum(g, axes), shape);
}

/** Joins ranges of one axis that do not overlap, ascending, into the whole; gaps become zeros. */
function assemble(parts: readonly PartialCotangent[]): Node {
  const { axis, shape } = parts[0]!;
  if (parts.length === 1) {
    const [only] = parts as [PartialCotangent];
    return pad(only.part, axis, only.start, shape[axis]! - endOf(only));
  }
  const pieces: Node[] = [];
  const fill = (from: number, to: number) => {
    if (to > from) pieces.push(zeros(shape.map((size, a) => (a === axis ? to - from : size))));
  };
  let at = 0;
  for (const piece of parts) {
    fill(at, piece.start);
    pieces.push(piece.part);
    at = endOf(piece);
  }
  fill(at, shape[axis]!);
  return concat(pieces, axis);
}

/**
 * The sum of all contributions to one value. Ranges that tile an axis are joined by one concat instead of
 * padding each to full size and adding: packed attention slices every tensor into dozens of ranges.
 */
export function sumContributions(contributions: readonly Contribution[]): Node {
  const whole = contributions.filter((c): c is Node => !isPartial(c));
  const rows: PartialCotangent[][] = [];
  const ranges = contributions.filter(isPartial).sort((a, b) => a.axis - b.axis || a.start - b.start);
  for (const range of ranges) {
    const row = rows.find((r) => r[0]!.axis === range.axis && endOf(r.at(-1)!) <= range.start);
    if (row) row.push(range);
    else rows.push([range]);
  }
  return [...whole, ...rows.map(assemble)].reduce((a, b) => add(a, b));
}
