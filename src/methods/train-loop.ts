import { stream } from '../data/index.ts';
import { learningRates } from '../train/index.ts';
import { batchSizeFor } from './coop.ts';
import { diverged } from './diverged.ts';
import type { EpochSource } from './method.ts';
import type { StepSettings } from './sgd-program.ts';
import type { SgdSettings } from './sgd-settings.ts';

/** Pictures of one step. */
export interface Batch {
  /** B rows of what the source gives. */
  readonly rows: Float32Array;
  /** [B] */
  readonly labels: Int32Array;
}

/** What a batch was worth before the step it gave. */
export interface BatchOutcome {
  /** Mean over its pictures. */
  readonly loss: number;
  /** Right answers. */
  readonly correct: number;
}

/** What a training loop tells. */
export interface Training {
  /** Mean loss of every epoch. */
  readonly lossPerEpoch: readonly number[];
  /** Share of the pictures seen in an epoch that were classified rightly, each before its step. */
  readonly accuracyPerEpoch: readonly number[];
  readonly steps: number;
}

/** Steps of an epoch: the last short batch is dropped where there is a full one. */
export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.floor(count / Math.max(1, batchSizeFor(count, batchSize)));
}

/** Training pictures in the order of an epoch: a shuffle keyed by (seed, epoch). */
export function epochOrder(count: number, seed: number, epoch: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  stream('order', seed, epoch).shuffle(order);
  return order;
}

/** The learning rate of every epoch: constant warm-up, then a cosine towards zero. */
export function epochRates(config: SgdSettings): ReturnType<typeof learningRates> {
  return learningRates({
    epochs: config.epochs,
    baseLr: config.learningRate,
    warmupEpochs: config.warmupEpochs,
    warmupLr: config.warmupLearningRate,
  });
}

const trainingWith = (rate: number): string => `training with learning rate ${rate}`;

/**
 * Goes over the training pictures epoch by epoch as CoOp does: a shuffle keyed by (seed, epoch), constant warm-up, then
 * a cosine towards zero.
 *
 * @param request.labels [n], of the pictures of `pictures`.
 * @param request.step Takes one step. @returns What the batch was worth before it.
 * @param request.onEpoch Called after every epoch. @param request.beforeStep Asked before every step; throw to stop.
 * @throws {UserError} TRAINING_DIVERGED: a loss is not finite.
 */
export async function trainEpochs(request: {
  readonly config: SgdSettings;
  readonly seed: number;
  readonly pictures: EpochSource;
  readonly labels: Int32Array;
  readonly step: (batch: Batch, settings: StepSettings) => Promise<BatchOutcome>;
  readonly onEpoch: (epoch: number, loss: number) => void;
  readonly beforeStep: () => void;
}): Promise<Training> {
  const { config, seed, pictures, labels } = request;
  const { momentum, weightDecay } = config;
  const batchSize = batchSizeFor(pictures.count, config.batchSize);
  const steps = stepsPerEpoch(pictures.count, config.batchSize);
  const [lossPerEpoch, accuracyPerEpoch]: [number[], number[]] = [[], []];
  for (const [epoch, rate] of epochRates(config).entries()) {
    const order = epochOrder(pictures.count, seed, epoch);
    let [total, right] = [0, 0];
    for (let step = 0; step < steps; step++) {
      request.beforeStep();
      const indices = order.slice(step * batchSize, (step + 1) * batchSize);
      const rows = await pictures.batch(epoch, indices);
      const batch = { rows, labels: Int32Array.from(indices, (i) => labels[i]!) };
      const { loss, correct } = await request.step(batch, { rate, momentum, weightDecay });
      if (!Number.isFinite(loss)) {
        const where = `loss of epoch ${epoch + 1}, step ${step + 1}`;
        throw diverged(`${trainingWith(config.learningRate)}, ${where}`, loss);
      }
      total += loss;
      right += correct;
    }
    lossPerEpoch.push(total / steps);
    accuracyPerEpoch.push(right / (steps * batchSize));
    request.onEpoch(epoch, total / steps);
  }
  return { lossPerEpoch, accuracyPerEpoch, steps: steps * config.epochs };
}

/** Refuses weights that are no numbers: a last step may diverge without a loss that tells. @throws TRAINING_DIVERGED */
export function checkTrained(params: Readonly<Record<string, Float32Array>>, rate: number): void {
  for (const [name, data] of Object.entries(params)) {
    // A plain loop over millions: x - x is 0 but for NaN and the infinities.
    for (let i = 0; i < data.length; i++) {
      if (data[i]! - data[i]! !== 0) throw diverged(`${trainingWith(rate)}, the learned ${name}`, data[i]!);
    }
  }
}
