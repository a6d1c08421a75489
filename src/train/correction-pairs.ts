/**
 * The last steps s and gradient changes y of L-BFGS, and the inverse Hessian H they stand for.
 *
 * N variables, at most `memory` pairs. All vectors are made at construction.
 *
 * Source: Nocedal, "Updating quasi-Newton matrices with limited storage", Math. Comp. 35 (1980).
 */
export class CorrectionPairs {
  /** Pairs held, at most `memory`. */
  count = 0;

  readonly #steps: readonly Float64Array[];
  readonly #changes: readonly Float64Array[];
  /** sᵀy of each pair. */
  readonly #curvatures: Float64Array;
  readonly #coefficients: Float64Array;
  /** Ring position of the oldest pair. */
  #oldest = 0;
  /** The inverse Hessian starts as this times the identity: sᵀy / yᵀy of the newest pair. */
  #scale = 1;

  constructor(size: number, memory: number) {
    this.#steps = Array.from({ length: memory }, () => new Float64Array(size));
    this.#changes = Array.from({ length: memory }, () => new Float64Array(size));
    this.#curvatures = new Float64Array(memory);
    this.#coefficients = new Float64Array(memory);
  }

  /** Forgets every pair: H is the identity again. */
  clear(): void {
    this.count = 0;
    this.#oldest = 0;
    this.#scale = 1;
  }

  /** Adds s = step · direction, y = gradient − gradientBefore; the oldest pair makes room. `curvature` is sᵀy > 0. */
  push(
    direction: Float64Array,
    step: number,
    gradient: Float64Array,
    gradientBefore: Float64Array,
    curvature: number,
  ): void {
    const memory = this.#steps.length;
    const slot = (this.#oldest + this.count) % memory;
    if (this.count < memory) this.count += 1;
    else this.#oldest = (this.#oldest + 1) % memory;
    const s = this.#steps[slot];
    const y = this.#changes[slot];
    let squares = 0;
    for (let i = 0; i < s.length; i++) {
      const change = gradient[i] - gradientBefore[i];
      s[i] = step * direction[i];
      y[i] = change;
      squares += change * change;
    }
    this.#curvatures[slot] = curvature;
    this.#scale = curvature / squares;
  }

  /** Writes −H·gradient into `out` by the two-loop recursion; the plain −gradient while there is no pair. */
  descend(gradient: Float64Array, out: Float64Array): void {
    for (let i = 0; i < out.length; i++) out[i] = -gradient[i];
    for (let k = this.count - 1; k >= 0; k--) {
      const slot = (this.#oldest + k) % this.#steps.length;
      const coefficient = dot(this.#steps[slot], out) / this.#curvatures[slot];
      this.#coefficients[slot] = coefficient;
      addScaled(out, -coefficient, this.#changes[slot]);
    }
    if (this.count > 0) for (let i = 0; i < out.length; i++) out[i] *= this.#scale;
    for (let k = 0; k < this.count; k++) {
      const slot = (this.#oldest + k) % this.#steps.length;
      const correction = dot(this.#changes[slot], out) / this.#curvatures[slot];
      addScaled(out, this.#coefficients[slot] - correction, this.#steps[slot]);
    }
  }
}

/** Inner product of two vectors of one length. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(target: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * vector[i];
}
