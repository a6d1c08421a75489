import type { Work } from '../methods/index.ts';
import type { ModelSize } from './task-size.ts';

/** What small things cost beside their products, in milliseconds on one core. */
const OVERHEAD = {
  /** A call of the engine: feeds, results, its many small operations. */
  call: 1.5,
  /** Reading, decoding and resizing a picture. */
  picture: 1.2,
  /** Draw, scores and record of a cell. */
  cell: 100,
} as const;

/**
 * Milliseconds of one worker, about.
 * @param rate Floating-point operations a millisecond.
 */
export function fitMilliseconds(
  { flops, calls, freshPictures }: Work,
  model: ModelSize,
  rate: number,
): number {
  return (
    OVERHEAD.cell + flops / rate + calls * OVERHEAD.call + freshPictures * pictureMilliseconds(model, rate)
  );
}

/** Milliseconds from a picture to its feature, about. */
export function pictureMilliseconds({ pictureFlops }: ModelSize, rate: number): number {
  return pictureFlops / rate + OVERHEAD.picture;
}
