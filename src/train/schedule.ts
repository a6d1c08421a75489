/**
 * Learning rate of every epoch: a constant warm-up, then a cosine from the base rate towards zero.
 *
 * Epoch e < W has `warmupLr`; epoch e ≥ W has ½·baseLr·(1 + cos(π·(e − W) / E)), with E the number of all
 * epochs, the warm-up included, so that the last rate stays above zero.
 *
 * @param schedule epochs E, W = warmupEpochs ≥ 0; rates per step of SGD.
 * @returns [E].
 * @throws {RangeError} A count that is no whole number ≥ 0.
 *
 * Source: Dassl's ConstantWarmupScheduler [c61a1b5] around PyTorch's CosineAnnealingLR (T_max = E), as CoOp
 * configures them. PyTorch derives each rate from the one before, lr(t) = lr(t − 1)·(1 + cos(πt/E)) /
 * (1 + cos(π(t − 1)/E)), which differs from the formula in the last bits (2e-15 relative over 200 epochs);
 * the same recursion is used here.
 */
export function learningRates(schedule: {
  readonly epochs: number;
  readonly baseLr: number;
  readonly warmupEpochs: number;
  readonly warmupLr: number;
}): Float64Array {
  const { epochs, baseLr, warmupEpochs, warmupLr } = schedule;
  for (const [name, count] of Object.entries({ epochs, warmupEpochs })) {
    if (!Number.isInteger(count) || count < 0) {
      throw new RangeError(`learningRates: ${name} must be a whole number from 0, found ${count}`);
    }
  }
  const rates = new Float64Array(epochs).fill(warmupLr, 0, warmupEpochs);
  let rate = baseLr;
  for (let epoch = warmupEpochs; epoch < epochs; epoch++) {
    const t = epoch - warmupEpochs;
    if (t > 0) rate *= (1 + Math.cos((Math.PI * t) / epochs)) / (1 + Math.cos((Math.PI * (t - 1)) / epochs));
    rates[epoch] = rate;
  }
  return rates;
}
