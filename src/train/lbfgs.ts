import { CorrectionPairs } from './correction-pairs.ts';
import { MoreThuenteSearch } from './line-search.ts';
import { Vectors } from './vectors.ts';

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
  /** From {@link lbfgsWorkspace} for this N and memory, for several searches one after the other. Default: its own. */
  readonly workspace?: Vectors;
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

/** Indices of the vectors; the correction pairs follow. */
const [X, GRADIENT, X_BEFORE, GRADIENT_BEFORE, DIRECTION, PAIRS] = [0, 1, 2, 3, 4, 5] as const;

/** Memory for a search over N variables: 2·memory + 5 vectors of N doubles. */
export function lbfgsWorkspace(size: number, memory = 10): Vectors {
  return new Vectors(size, PAIRS + 2 * memory);
}

const LINE_SEARCH = { sufficientDecrease: 1e-3, curvature: 0.9, relativeWidth: 0.1, maxStep: 1e10 };

/**
 * Minimises a smooth function without bounds by limited-memory BFGS, with the iterates, stopping tests and
 * counts of scipy.optimize.minimize(method="L-BFGS-B") on a problem without bounds.
 *
 * N variables. Holds 2·memory + 5 vectors of N doubles, all made before the first iteration; the vectors of the
 * answer are copies.
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
    workspace = lbfgsWorkspace(x0.length, memory),
    shouldStop = () => false,
    onIteration,
  } = options;
  const [x, gradient] = [workspace.of(X), workspace.of(GRADIENT)];
  const pairs = new CorrectionPairs(workspace, PAIRS, memory);
  x.set(x0);
  let iterations = 0;
  let evaluations = 1;
  let value = await objective(x, gradient);
  if (!Number.isFinite(value) || !Number.isFinite(workspace.largest(GRADIENT))) {
    throw new RangeError(`minimizeLbfgs: the objective at x0 must be finite, found value ${value}`);
  }
  const finish = (reason: LbfgsReason): LbfgsResult => ({
    x: x.slice(),
    value,
    gradient: gradient.slice(),
    iterations,
    evaluations,
    reason,
  });
  if (workspace.largest(GRADIENT) <= gradientTolerance) return finish('gradient');

  for (;;) {
    if (shouldStop()) return finish('stopped');
    const slopeBefore = pairs.descend(GRADIENT, DIRECTION);
    const valueBefore = value;
    workspace.copy(X_BEFORE, X);
    workspace.copy(GRADIENT_BEFORE, GRADIENT);

    let slope = slopeBefore;
    let evaluatedStep = 0;
    let accepted = false;
    // Nothing is known of the scale before the first step: it has length 1 (a length, not a factor).
    const firstStep =
      iterations === 0
        ? Math.min(1 / Math.sqrt(workspace.dot(DIRECTION, DIRECTION)), LINE_SEARCH.maxStep)
        : 1;
    const search = new MoreThuenteSearch(value, slopeBefore, firstStep, LINE_SEARCH);
    for (let trial = 0; slopeBefore < 0 && trial < maxLineSearchSteps; trial++) {
      if (!Number.isFinite(search.step)) break;
      // A search that ends where it just was asks for the same point again.
      if (search.step !== evaluatedStep) {
        evaluatedStep = search.step;
        workspace.mix(X, 1, X_BEFORE, search.step, DIRECTION);
        evaluations += 1;
        value = await objective(x, gradient);
        slope = workspace.dot(GRADIENT, DIRECTION);
        if (!Number.isFinite(value + slope)) break;
      }
      if (search.advance(value, slope) === 'accepted') {
        accepted = true;
        break;
      }
    }
    if (!accepted) {
      workspace.copy(X, X_BEFORE);
      workspace.copy(GRADIENT, GRADIENT_BEFORE);
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
    if (workspace.largest(GRADIENT) <= gradientTolerance) return finish('gradient');
    const scale = Math.max(Math.abs(valueBefore), Math.abs(value), 1);
    if (valueBefore - value <= reductionTolerance * scale) return finish('reduction');
    // A pair with (almost) no positive curvature would spoil the matrix: leave it out.
    const curvature = (slope - slopeBefore) * search.step;
    if (curvature > Number.EPSILON * -slopeBefore * search.step) {
      pairs.push(DIRECTION, search.step, GRADIENT, GRADIENT_BEFORE, curvature);
    }
  }
}
