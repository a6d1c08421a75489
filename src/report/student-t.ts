/**
 * Student's t distribution: its distribution function by the regularised incomplete beta function, and its
 * quantiles by bisection.
 *
 * Formulas: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.8 (continued fraction of the
 * incomplete beta) and 26.7.1 (t through it); evaluated with Lentz's method.
 */

/** Coefficients of Lanczos' approximation of the gamma function for g = 7, nine terms. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** Natural logarithm of Γ(x) for x ≥ 0.5; relative error about 1e-15. */
function logGamma(x: number): number {
  const z = x - 1;
  const t = z + 7.5;
  let sum: number = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (z + i);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The continued fraction of I_x(a, b); converges quickly for x < (a + 1) / (a + b + 2). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1), tiny);
  let value = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let factor = 1;
    for (const term of [even, odd]) {
      d = 1 / notZero(1 + term * d, tiny);
      c = notZero(1 + term / c, tiny);
      factor = c * d;
      value *= factor;
    }
    if (Math.abs(factor - 1) < 1e-15) return value;
  }
  return value;
}

function notZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** Regularised incomplete beta function I_x(a, b), 0 ≤ x ≤ 1, a and b ≥ 0.5. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  const front = Math.exp(logFront);
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a;
  return 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/**
 * P(T ≤ t) for Student's t.
 *
 * @param degrees Degrees of freedom, ≥ 1.
 */
export function studentTCdf(t: number, degrees: number): number {
  const tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  return t >= 0 ? 1 - tail : tail;
}

/**
 * The t with P(T ≤ t) = p.
 *
 * @param p Probability, 0 < p < 1.
 * @param degrees Degrees of freedom, ≥ 1.
 * @throws {RangeError} p or degrees are outside their range.
 */
export function studentTQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`internal: probability ${p} is not between 0 and 1`);
  if (!(degrees >= 1)) throw new RangeError(`internal: ${degrees} degrees of freedom, expected at least 1`);
  // The lower half by symmetry: there a small tail keeps its precision.
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  let low = -1;
  while (studentTCdf(low, degrees) > tail) low *= 2;
  let high = 0;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentTCdf(middle, degrees) < tail) low = middle;
    else high = middle;
  }
  const magnitude = -(low + high) / 2;
  return p < 0.5 ? -magnitude : magnitude;
}
