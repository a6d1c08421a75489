import { CorrectionPairs, dot } from './correction-pairs.ts';
import { MoreThuenteSearch } from './line-search.ts';

/**
 * Objective and gradient at `x`. Writes the gradient into `gradientOut` (same length) and returns the value;
 * must not keep or change `x`. May be float32 inside.
 */
export type Objective = (x: Float64Array, gradientOut: Float64Array) => number | Promise<number>;

/** Settings of {@link minimizeLbfgs}; the defaults are those with which scikit-learn calls scipy. */
export interface LbfgsOptions {
  /** Stop when max|gradient| ≤ this. Default 1e-4. */
  readonly gradientTolerance?: number;
  /** Stop when an iteration lowers f by at most this times max(|f before|, |f after|, 1). Default 64 · 2⁻⁵². */
  readonly reductionTolerance?: number;
  /** Default 1000. */
  readonly maxIterations?: number;
  /** Looked at after an iteration, so that it may be passed by one line search. Default 15,000. */
  readonly maxEvaluations?: number;
  /** Evaluations one line search may take. Default 50. */
  readonly maxLineSearchSteps?: number;
  /** Correction pairs kept. Default 10. */
  readonly memory?: number;
  /** Asked before the first and after each iteration; true ends the search with reason "stopped". */
  readonly shouldStop?: () => boolean;
  /** Told every accepted iterate; must not keep or change `x`. */
  readonly onIteration?: (x: Float64Array, value: number) => void;
}

/**
 * Why a search ended. "gradient" and "reduction": converged by that test. "line-search": no step downhill
 * was found even along the gradient, usually because rounding hides it; the best point is returned.
 */
export type LbfgsReason =
  | 'gradient'
  | 'reduction'
  | 'max-iterations'
  | 'max-evaluations'
  | 'line-search'
  | 'stopped';

export interface LbfgsResult {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** Accepted steps. */
  readonly iterations: number;
  /** Calls of the objective, the one at the start included. */
  readonly evaluations: number;
  readonly reason: LbfgsReason;
}

const LINE_SEARCH = { sufficientDecrease: 1e-3, curvature: 0.9, relativeWidth: 0.1, maxStep: 1e10 };

/**
 * Minimises a smooth function without bounds by limited-memory BFGS, with the iterates, stopping tests and
 * counts of scipy.optimize.minimize(method="L-BFGS-B") on a problem without bounds.
 *
 * N variables. Holds 2·memory + 5 vectors of N doubles, all made before the first iteration.
 *
 * @param x0 [N], left unchanged.
 * @throws {RangeError} The objective or its gradient is not finite at x0.
 *
 * Source: Byrd, Lu, Nocedal, Zhu, "A limited memory algorithm for bound constrained optimization", SIAM J.
 * Sci. Comput. 16 (1995); Zhu et al., Algorithm 778, ACM TOMS 23 (1997), version 3.0 as scipy carries it.
 * Differs: without bounds its compact form equals the two-loop recursion (Nocedal 1980) up to rounding, which
 * is used here; a line search ends, as a failed one, where value or slope is not finite.
 */
export async function minimizeLbfgs(
  objective: Objective,
  x0: Float64Array,
  options: LbfgsOptions = {},
): Promise<LbfgsResult> {
  const {
    gradientTolerance = 1e-4,
    reductionTolerance = 64 * Number.EPSILON,
    maxIterations = 1000,
    maxEvaluations = 15_000,
    maxLineSearchSteps = 50,
    memory = 10,
    shouldStop = () => false,
    onIteration,
  } = options;
  const size = x0.length;
  const x = Float64Array.from(x0);
  const gradient = new Float64Array(size);
  const xBefore = new Float64Array(size);
  const gradientBefore = new Float64Array(size);
  const direction = new Float64Array(size);
  const pairs = new CorrectionPairs(size, memory);
  let iterations = 0;
  let evaluations = 1;
  let value = await objective(x, gradient);
  if (!Number.isFinite(value) || !Number.isFinite(maxAbs(gradient))) {
    throw new RangeError(`minimizeLbfgs: the objective at x0 must be finite, found value ${value}`);
  }
  const finish = (reason: LbfgsReason): LbfgsResult => ({
    x,
    value,
    gradient,
    iterations,
    evaluations,
    reason,
  });
  if (maxAbs(gradient) <= gradientTolerance) return finish('gradient');

  for (;;) {
    if (shouldStop()) return finish('stopped');
    pairs.descend(gradient, direction);
    const slopeBefore = dot(gradient, direction);
    const valueBefore = value;
    xBefore.set(x);
    gradientBefore.set(gradient);

    let slope = slopeBefore;
    let evaluatedStep = 0;
    let accepted = false;
    // Nothing is known of the scale before the first step: it has length 1 (a length, not a factor).
    const firstStep =
      iterations === 0 ? Math.min(1 / Math.sqrt(dot(direction, direction)), LINE_SEARCH.maxStep) : 1;
    const search = new MoreThuenteSearch(value, slopeBefore, firstStep, LINE_SEARCH);
    for (let trial = 0; slopeBefore < 0 && trial < maxLineSearchSteps; trial++) {
      if (!Number.isFinite(search.step)) break;
      // A search that ends where it just was asks for the same point again.
      if (search.step !== evaluatedStep) {
        evaluatedStep = search.step;
        stepTo(x, xBefore, search.step, direction);
        evaluations += 1;
        value = await objective(x, gradient);
        slope = dot(gradient, direction);
        if (!Number.isFinite(value + slope)) break;
      }
      if (search.advance(value, slope) === 'accepted') {
        accepted = true;
        break;
      }
    }
    if (!accepted) {
      x.set(xBefore);
      gradient.set(gradientBefore);
      value = valueBefore;
      // The memory may be what misled it: once more along the gradient, without counting an iteration.
      if (pairs.count === 0) return finish('line-search');
      pairs.clear();
      continue;
    }

    iterations += 1;
    onIteration?.(x, value);
    // scipy looks at the limits before the convergence tests, so that a last iteration counts as unconverged.
    if (iterations >= maxIterations) return finish('max-iterations');
    if (evaluations > maxEvaluations) return finish('max-evaluations');
    if (maxAbs(gradient) <= gradientTolerance) return finish('gradient');
    const scale = Math.max(Math.abs(valueBefore), Math.abs(value), 1);
    if (valueBefore - value <= reductionTolerance * scale) return finish('reduction');
    // A pair with (almost) no positive curvature would spoil the matrix: leave it out.
    const curvature = (slope - slopeBefore) * search.step;
    if (curvature > Number.EPSILON * -slopeBefore * search.step) {
      pairs.push(direction, search.step, gradient, gradientBefore, curvature);
    }
  }
}

function stepTo(target: Float64Array, from: Float64Array, step: number, direction: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] = from[i] + step * direction[i];
}

/** NaN if any component is NaN. */
function maxAbs(vector: Float64Array): number {
  let most = 0;
  for (let i = 0; i < vector.length; i++) {
    const size = Math.abs(vector[i]);
    if (!(size <= most)) most = size;
    if (Number.isNaN(most)) return most;
  }
  return most;
}
