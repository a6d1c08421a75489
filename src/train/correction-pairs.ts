import type { Vectors } from './vectors.ts';

/**
 * The last steps s and gradient changes y of L-BFGS, and the inverse Hessian H they stand for.
 *
 * At most `memory` pairs, s and y in turn, in `vectors` from index `first` on; all vectors are given by index.
 *
 * Source: Nocedal, "Updating quasi-Newton matrices with limited storage", Math. Comp. 35 (1980).
 */
export class CorrectionPairs {
  /** Pairs held, at most `memory`. */
  count = 0;

  readonly #vectors: Vectors;
  readonly #first: number;
  readonly #memory: number;
  /** sᵀy of each pair. */
  readonly #curvatures: Float64Array;
  readonly #coefficients: Float64Array;
  /** Ring position of the oldest pair. */
  #oldest = 0;
  /** The inverse Hessian starts as this times the identity: sᵀy / yᵀy of the newest pair. */
  #scale = 1;

  constructor(vectors: Vectors, first: number, memory: number) {
    this.#vectors = vectors;
    this.#first = first;
    this.#memory = memory;
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
  push(direction: number, step: number, gradient: number, gradientBefore: number, curvature: number): void {
    if (this.count < this.#memory) this.count += 1;
    else this.#oldest = (this.#oldest + 1) % this.#memory;
    const newest = this.count - 1;
    const y = this.#change(newest);
    this.#vectors.mix(this.#step(newest), step, direction, 0, direction);
    this.#vectors.mix(y, 1, gradient, -1, gradientBefore);
    this.#curvatures[this.#slot(newest)] = curvature;
    this.#scale = curvature / this.#vectors.dot(y, y);
  }

  /**
   * Writes −H·gradient into `out` by the two-loop recursion; the plain −gradient while there is no pair. Each pass
   * over `out` adds one vector and takes the product with the next.
   *
   * @returns The slope along it, gradientᵀ·out.
   */
  descend(gradient: number, out: number): number {
    const { count } = this;
    const vectors = this.#vectors;
    if (count === 0) {
      vectors.mix(out, -1, gradient, 0, gradient);
      return vectors.dot(gradient, out);
    }
    let product = vectors.mixDot(out, -1, gradient, 0, gradient, this.#step(count - 1));
    for (let k = count - 1; k >= 0; k--) {
      const coefficient = product / this.#curvatures[this.#slot(k)]!;
      this.#coefficients[k] = coefficient;
      const next = k > 0 ? this.#step(k - 1) : this.#change(0);
      product = vectors.mixDot(out, 1, out, -coefficient, this.#change(k), next);
    }
    // The scale is due between the loops: the first pass of the second brings it.
    let scale = this.#scale;
    for (let k = 0; k < count; k++) {
      const correction = (scale * product) / this.#curvatures[this.#slot(k)]!;
      const next = k + 1 < count ? this.#change(k + 1) : gradient;
      product = vectors.mixDot(out, scale, out, this.#coefficients[k]! - correction, this.#step(k), next);
      scale = 1;
    }
    return product;
  }

  /** Of the k-th pair, the oldest first. */
  #slot(k: number): number {
    return (this.#oldest + k) % this.#memory;
  }

  #step(k: number): number {
    return this.#first + 2 * this.#slot(k);
  }

  #change(k: number): number {
    return this.#step(k) + 1;
  }
}
