import { studentTQuantile } from './student-t.ts';

/**
 * Arithmetic mean.
 *
 * @throws {RangeError} No values.
 */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('internal: mean of no values');
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * Standard deviation with divisor n (the whole population), as the paper's scripts report it over seeds.
 *
 * @throws {RangeError} No values.
 */
export function populationStd(values: readonly number[]): number {
  return Math.sqrt(squaredDeviations(values) / values.length);
}

function squaredDeviations(values: readonly number[]): number {
  const centre = mean(values);
  let sum = 0;
  for (const value of values) sum += (value - centre) ** 2;
  return sum;
}

/** Mean of paired differences with its confidence interval. */
export interface PairedInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, e.g. 0.95. */
  readonly confidence: number;
  /** Number of pairs. */
  readonly n: number;
}

/**
 * Two-sided t interval of the mean of paired differences: mean ± t(n − 1) · s / √n, s with divisor n − 1.
 *
 * @param differences One a unit (here: a dataset, its seeds averaged before).
 * @param confidence Probability covered, 0 < confidence < 1.
 * @returns null for fewer than two pairs: one pair says nothing about spread.
 */
export function pairedInterval(differences: readonly number[], confidence = 0.95): PairedInterval | null {
  const n = differences.length;
  if (n < 2) return null;
  const centre = mean(differences);
  const standardError = Math.sqrt(squaredDeviations(differences) / (n - 1) / n);
  const reach = studentTQuantile(0.5 + confidence / 2, n - 1) * standardError;
  return { mean: centre, low: centre - reach, high: centre + reach, confidence, n };
}

/**
 * Two-sided t interval of the difference of two means of independent groups with one variance:
 * mean(a) − mean(b) ± t(n − 2) · s · √(1/|a| + 1/|b|), s pooled over both.
 *
 * @returns null for fewer than three values together, or an empty group.
 */
export function twoSampleInterval(
  a: readonly number[],
  b: readonly number[],
  confidence = 0.95,
): PairedInterval | null {
  const n = a.length + b.length;
  if (n < 3 || a.length === 0 || b.length === 0) return null;
  const centre = mean(a) - mean(b);
  const variance = (squaredDeviations(a) + squaredDeviations(b)) / (n - 2);
  const reach =
    studentTQuantile(0.5 + confidence / 2, n - 2) * Math.sqrt(variance * (1 / a.length + 1 / b.length));
  return { mean: centre, low: centre - reach, high: centre + reach, confidence, n };
}
