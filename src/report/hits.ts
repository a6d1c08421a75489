import type { PictureValues } from './bootstrap.ts';

/** Which pictures of one test set a method got right in each of its runs, and with which weight that counts. */
export interface WeightedHits {
  /** Bits of a record, a run each (see `Score.hits`). */
  readonly runs: readonly string[];
  /** A whole number, e.g. 1 and −1 for a difference. */
  readonly weight: number;
}

/**
 * For every picture of a test set the weighted sum of the methods' shares of runs that got it right, and how many
 * pictures have each value.
 *
 * @param count Test pictures, n.
 * @returns null where the bits are not those of n pictures.
 */
export function pictureValues(terms: readonly WeightedHits[], count: number): PictureValues | null {
  const scale = terms.reduce((multiple, { runs }) => leastCommonMultiple(multiple, runs.length), 1);
  const sums = new Int32Array(count);
  for (const { runs, weight } of terms) {
    const units = (weight * scale) / runs.length;
    for (const run of runs) {
      const bytes = Buffer.from(run, 'base64');
      if (bytes.length !== Math.ceil(count / 8)) return null;
      for (let i = 0; i < count; i++) if ((bytes[i >> 3]! >> (i & 7)) & 1) sums[i]! += units;
    }
  }
  const least = sums.reduce((a, b) => Math.min(a, b), 0);
  const all = new Array<number>(sums.reduce((a, b) => Math.max(a, b), 0) - least + 1).fill(0);
  for (const sum of sums) all[sum - least]! += 1;
  const values = all.flatMap((pictures, i) => (pictures > 0 ? [least + i] : []));
  return { values, counts: all.filter((pictures) => pictures > 0), scale };
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
