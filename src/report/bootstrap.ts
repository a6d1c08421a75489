/**
 * Bootstrap of a mean over test pictures, without drawing anything.
 *
 * A resample draws n of the n pictures with replacement, so its sum is that of n independent draws from the pictures'
 * values. With values in whole units that sum's distribution follows from its characteristic function: what 2,000
 * or any number of random resamples approach is computed, and is the same each time.
 *
 * Method: Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13 (percentile interval); the distribution
 * by the discrete Fourier transform of φ(t)ⁿ.
 */

/** Pictures by their value: `counts[j]` pictures have the value `values[j]`, a whole number of units. */
export interface PictureValues {
  readonly values: readonly number[];
  readonly counts: readonly number[];
  /** Units in 1. */
  readonly scale: number;
}

/** Two-sided interval of a mean. */
export interface PercentileInterval {
  readonly low: number;
  readonly high: number;
}

/** Beyond so many standard deviations, and so many spans of the values, no resample falls. */
const WINDOW = 8;
/** Powers of φ below this add nothing to a double. */
const NEGLIGIBLE = 1e-19;
/** Probabilities closer than this are equal: the sums of the transform round. */
const ROUNDING = 1e-12;

/**
 * Percentile interval of the mean over all resamples: its ends are the outermost means with at least
 * (1 − confidence) / 2 of the resamples at or beyond them.
 *
 * @param confidence Probability covered, 0 < confidence < 1.
 * @throws {RangeError} No pictures.
 */
export function bootstrapInterval(pictures: PictureValues, confidence = 0.95): PercentileInterval {
  const { values, counts, scale } = pictures;
  const n = counts.reduce((a, b) => a + b, 0);
  if (n === 0) throw new RangeError('internal: bootstrap of no pictures');
  const { first, probabilities } = resampledSums(values, counts, n);
  const tail = (1 - confidence) / 2;
  const low = first + beyond(probabilities, tail);
  const high = first + probabilities.length - 1 - beyond(probabilities.toReversed(), tail);
  return { low: low / (n * scale), high: high / (n * scale) };
}

/** Index of the first sum that has `tail` of the probability at or before it. */
function beyond(probabilities: Float64Array, tail: number): number {
  let sum = 0;
  const index = probabilities.findIndex((probability) => {
    sum += probability;
    return sum >= tail - ROUNDING;
  });
  return Math.max(0, index);
}

/** Probabilities of the sums `first`, `first + 1`, … of a resample; the rest have none that counts. */
function resampledSums(
  values: readonly number[],
  counts: readonly number[],
  n: number,
): { readonly first: number; readonly probabilities: Float64Array } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const mean = values.reduce((sum, value, j) => sum + value * counts[j]!, 0) / n;
  const variance = values.reduce((sum, value, j) => sum + (value - mean) ** 2 * counts[j]!, 0) / n;
  const reach = Math.ceil(WINDOW * (Math.sqrt(n * variance) + (most - least)));
  const first = Math.max(n * least, Math.round(n * mean) - reach);
  const size = Math.min(n * most, Math.round(n * mean) + reach) - first + 1;
  const circle = new Float64Array(size).map((_, i) => (2 * Math.PI * i) / size);
  const [cos, sin] = [circle.map(Math.cos), circle.map(Math.sin)];
  const at = (k: number, s: number) => (((k * s) % size) + size) % size;
  const probabilities = new Float64Array(size);
  // Frequencies k and size − k are conjugate: half of them, counted twice.
  for (let k = 0; 2 * k <= size; k++) {
    let real = 0;
    let imaginary = 0;
    for (const [j, value] of values.entries()) {
      real += (counts[j]! / n) * cos[at(k, value)]!;
      imaginary += (counts[j]! / n) * sin[at(k, value)]!;
    }
    const power = (real * real + imaginary * imaginary) ** (n / 2);
    if (power < NEGLIGIBLE) continue;
    const weight = ((k === 0 || 2 * k === size ? 1 : 2) * power) / size;
    const angle = n * Math.atan2(imaginary, real);
    const [a, b] = [weight * Math.cos(angle), weight * Math.sin(angle)];
    for (let i = 0, index = at(k, first); i < size; i++) {
      probabilities[i]! += a * cos[index]! + b * sin[index]!;
      index += k;
      if (index >= size) index -= size;
    }
  }
  return { first, probabilities };
}
