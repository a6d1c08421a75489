/**
 * Stochastic gradient descent with momentum and weight decay, on float32 parameters in place.
 *
 * With rate η, momentum μ, weight decay λ, parameters p, gradient ∇: d = ∇ + λ·p; v = d in the first step and
 * μ·v + d afterwards; p ← p − η·v. Every stored number is rounded to float32, and a product with the sum it
 * goes into is rounded once, as by a fused multiply-add.
 *
 * Source: torch.optim.SGD (dampening 0, no Nesterov). Unlike the classic form, η is not inside v: a new rate
 * acts on the whole velocity at once.
 */
export class Sgd {
  /** Steps taken. */
  steps = 0;

  readonly #momentum: number;
  readonly #weightDecay: number;
  readonly #velocity: Float32Array;

  /**
   * @param size Number of parameters.
   * @param options momentum μ ≥ 0, weightDecay λ ≥ 0.
   */
  constructor(size: number, options: { readonly momentum: number; readonly weightDecay: number }) {
    this.#momentum = Math.fround(options.momentum);
    this.#weightDecay = Math.fround(options.weightDecay);
    this.#velocity = new Float32Array(size);
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
    const velocity = this.#velocity;
    if (params.length !== velocity.length || gradient.length !== velocity.length) {
      throw new RangeError(
        `Sgd.step: expected ${velocity.length} parameters and gradients, found ${params.length} and ${gradient.length}`,
      );
    }
    const rate = Math.fround(lr);
    const momentum = this.steps === 0 ? 0 : this.#momentum;
    for (let i = 0; i < velocity.length; i++) {
      const d = Math.fround(gradient[i] + this.#weightDecay * params[i]);
      // A store into a Float32Array rounds.
      velocity[i] = Math.fround(momentum * velocity[i]) + d;
      params[i] -= rate * velocity[i];
    }
    this.steps += 1;
  }
}
