import { drawIcon } from '../../src/data/index.ts';

/** Size in pixels at which drawings are compared, and the side of the grid they are averaged to. */
const DRAWN_SIZE = 64;
const GRID = 16;
const CELLS = GRID * GRID;
/**
 * Mean absolute difference of two grids of ink (0 white, 1 black) up to which they count as one drawing.
 * Two drawings of one chevron by different hands differ by 0.02 or more; the same file redrawn, by less than 0.004.
 */
export const NEAR_DUPLICATE_DISTANCE = 0.01;
/**
 * The limit between two classes: tighter, since a lock and the same lock open, or two signs of a magnifying glass,
 * differ by 0.004 and are told apart.
 */
export const SAME_DRAWING_DISTANCE = 0.002;
/** A drawing with less ink than this share of its square is blank or nearly so. */
const MIN_INK = 0.004;

/** A drawing reduced to what is compared: ink by cell, row by row, and its mean. */
export interface Signature {
  readonly ink: Float32Array;
  readonly mean: number;
}

/** Draws an icon at 64 px and averages its ink over 4 × 4 pixels. */
export function signatureOf(set: string, icon: string): Signature {
  const { data } = drawIcon(set, icon, DRAWN_SIZE);
  const ink = new Float32Array(CELLS);
  const block = DRAWN_SIZE / GRID;
  let sum = 0;
  for (let y = 0; y < DRAWN_SIZE; y++) {
    for (let x = 0; x < DRAWN_SIZE; x++) {
      const at = (y * DRAWN_SIZE + x) * 3;
      // Rec. 601 luma, as PIL's convert("L").
      const dark = 1 - (0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]) / 255;
      ink[Math.floor(y / block) * GRID + Math.floor(x / block)] += dark / (block * block);
      sum += dark;
    }
  }
  return { ink, mean: sum / (DRAWN_SIZE * DRAWN_SIZE) };
}

/** Whether a drawing shows next to nothing. */
export function isBlank(signature: Signature): boolean {
  return signature.mean < MIN_INK;
}

/** Mean absolute difference of two drawings' ink, 0 to 1; Infinity once it is surely above `limit`. */
export function distance(a: Signature, b: Signature, limit = Number.POSITIVE_INFINITY): number {
  const bound = limit * CELLS;
  let sum = 0;
  for (let i = 0; i < CELLS && sum <= bound; i++) sum += Math.abs(a.ink[i] - b.ink[i]);
  return sum <= bound ? sum / CELLS : Number.POSITIVE_INFINITY;
}

/**
 * Every pair of near-duplicates that `related` asks about, as indices i < j in order of mean ink.
 *
 * Drawings are walked in order of their ink: a pair whose means differ by more than the limit cannot be near.
 */
export function* nearDuplicates<T extends { readonly signature: Signature }>(
  items: readonly T[],
  related: (a: T, b: T) => boolean,
  limit = NEAR_DUPLICATE_DISTANCE,
): Generator<readonly [T, T]> {
  const sorted = [...items].sort((a, b) => a.signature.mean - b.signature.mean);
  for (let i = 0; i < sorted.length; i++) {
    for (let j = i + 1; j < sorted.length; j++) {
      if (sorted[j].signature.mean - sorted[i].signature.mean > limit) break;
      if (!related(sorted[i], sorted[j])) continue;
      const near = distance(sorted[i].signature, sorted[j].signature, limit);
      if (near <= limit) yield [sorted[i], sorted[j]];
    }
  }
}
