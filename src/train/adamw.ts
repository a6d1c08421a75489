/** Settings of {@link AdamW}; PyTorch's defaults for the betas and the decay are 0.9, 0.999 and 0.01. */
export interface AdamWOptions {
  /** β₁ and β₂: how much of the running means of ∇ and ∇² stays, 0 ≤ β < 1. */
  readonly betas: readonly [number, number];
  /** ε > 0, added to the root of the running mean of squares. */
  readonly epsilon: number;
  /** λ ≥ 0 */
  readonly weightDecay: number;
}

/**
 * Adam with decoupled weight decay, on float32 parameters in place.
 *
 * With rate η, parameters p, gradient ∇, step t from 1: p ← p − η·λ·p; m ← β₁·m + (1 − β₁)·∇;
 * v ← β₂·v + (1 − β₂)·∇²; p ← p − η · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε). A step is computed in float64; p, m and
 * v are kept in float32.
 *
 * Source: Loshchilov and Hutter, ICLR 2019, arXiv 1711.05101, algorithm 2, in the form of torch.optim.AdamW: the decay
 * is scaled by the rate of the step, ε is outside the root. PyTorch rounds every intermediate value to float32.
 */
export class AdamW {
  /** Steps taken. */
  steps = 0;

  readonly #options: AdamWOptions;
  readonly #mean: Float32Array;
  readonly #squares: Float32Array;

  /** @param size Number of parameters. */
  constructor(size: number, options: AdamWOptions) {
    this.#options = options;
    this.#mean = new Float32Array(size);
    this.#squares = new Float32Array(size);
  }

  /**
   * One step: changes `params`, leaves `gradient`.
   *
   * @param params [size].
   * @param gradient [size].
   * @param lr η of this step.
   * @throws {RangeError} Other lengths than the size given at construction.
   */
  step(params: Float32Array, gradient: Float32Array, lr: number): void {
    const mean = this.#mean;
    const squares = this.#squares;
    if (params.length !== mean.length || gradient.length !== mean.length) {
      throw new RangeError(
        `AdamW.step: expected ${mean.length} parameters and gradients, found ${params.length} and ${gradient.length}`,
      );
    }
    this.steps += 1;
    const {
      betas: [beta1, beta2],
      epsilon,
      weightDecay,
    } = this.#options;
    const rate = lr / (1 - beta1 ** this.steps);
    const root = Math.sqrt(1 - beta2 ** this.steps);
    const kept = 1 - lr * weightDecay;
    for (let i = 0; i < mean.length; i++) {
      const g = gradient[i]!;
      const m = beta1 * mean[i]! + (1 - beta1) * g;
      const v = beta2 * squares[i]! + (1 - beta2) * g * g;
      mean[i] = m;
      squares[i] = v;
      params[i] = kept * params[i]! - (rate * m) / (Math.sqrt(v) / root + epsilon);
    }
  }
}
