import { Sgd } from '../train/index.ts';
import { countCorrect } from './choose-rate.ts';
import { batchSizeFor, type CoOpConfig } from './coop.ts';
import type { CoOpProgram } from './coop-program.ts';
import { diverged } from './diverged.ts';
import { argmaxRows } from './linear-classifier.ts';
import type { EpochSource } from './method.ts';
import { epochOrder, epochRates, stepsPerEpoch } from './train-loop.ts';

export interface CoOpFit {
  /** [M, W] or [K, M, W]. */
  readonly ctx: Float32Array;
  /** Mean loss of every epoch. */
  readonly lossPerEpoch: number[];
  /** Share of the pictures seen in an epoch that were classified rightly, each before its step. */
  readonly accuracyPerEpoch: number[];
  readonly steps: number;
}

/** @throws {UserError} TRAINING_DIVERGED */
function checkFinite(values: Iterable<number>, where: string): void {
  for (const value of values) {
    if (!Number.isFinite(value)) throw diverged(`CoOp's training, ${where}`, value);
  }
}

/** What one fit of a context is made of. */
export interface ContextFit {
  readonly config: CoOpConfig;
  readonly seed: number;
  /** [M, W] or [K, M, W] */
  readonly start: Float32Array;
  /** Rows [E], not normalised. */
  readonly features: EpochSource;
  /** [n], of the pictures of `features`. */
  readonly labels: Int32Array;
}

/** What a loop over G fits tells and asks. */
export interface FitHooks {
  /** Called after every epoch, with the mean loss of all fits; throw to stop. */
  readonly onEpoch?: (epoch: number, loss: number) => void;
  /** Asked before every step; throw to stop. */
  readonly beforeStep?: () => void;
}

/**
 * One step of G fits.
 * @param ctx Contexts one behind the other. @param images [G · B, E] @param labels [G · B]
 */
export type StepTogether = (
  ctx: Float32Array,
  images: Float32Array,
  labels: Int32Array,
) => Promise<{
  /** [G · B, K] */
  readonly logits: Float32Array;
  readonly losses: ArrayLike<number>;
  readonly ctxGrad: Float32Array;
}>;

/** Float arrays one behind the other; one alone is not copied. */
function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The state of one fit. */
class Training {
  readonly ctx: Float32Array;
  readonly lossPerEpoch: number[] = [];
  readonly accuracyPerEpoch: number[] = [];
  readonly sgd: Sgd;
  readonly rates: ArrayLike<number>;
  /** Sum of the losses of this epoch's steps. */
  total = 0;
  /** Right answers of this epoch's steps. */
  correct = 0;
  #order: number[] = [];

  constructor(readonly fit: ContextFit) {
    const { config, start } = fit;
    this.ctx = Float32Array.from(start);
    this.sgd = new Sgd(this.ctx.length, config);
    this.rates = epochRates(config);
  }

  begin(epoch: number): void {
    this.#order = epochOrder(this.fit.features.count, this.fit.seed, epoch);
    this.total = 0;
    this.correct = 0;
  }

  indices(step: number, batchSize: number): number[] {
    return this.#order.slice(step * batchSize, (step + 1) * batchSize);
  }

  /** Takes one step. @param grad of the context's length. @param correct Right answers before the step. */
  step(epoch: number, step: number, loss: number, correct: number, grad: Float32Array): void {
    checkFinite([loss], `loss of epoch ${epoch + 1}, step ${step + 1}`);
    this.sgd.step(this.ctx, grad, this.rates[epoch]!);
    this.total += loss;
    this.correct += correct;
  }

  finish(): CoOpFit {
    checkFinite(this.ctx, 'the learned context');
    const { ctx, lossPerEpoch, accuracyPerEpoch } = this;
    return { ctx, lossPerEpoch, accuracyPerEpoch, steps: this.sgd.steps };
  }
}

/**
 * Learns contexts: SGD on the cross-entropy of few pictures a class, both towers frozen. Several fits of one shape
 * (context, pictures, batch, epochs) go step by step together; each has its own draw, start, order and rates.
 *
 * The order of an epoch is a shuffle keyed by (seed, epoch). The context of the last step is the result.
 *
 * @returns One result a fit, in order.
 * @throws {UserError} TRAINING_DIVERGED: a loss, or a context at the end, is not finite.
 * Source: Zhou et al., IJCV 2022, arXiv 2109.01134; settings of CoOp's configs [ff61507].
 */
export async function fitContexts(
  fits: readonly ContextFit[],
  stepTogether: StepTogether,
  { onEpoch, beforeStep }: FitHooks = {},
): Promise<CoOpFit[]> {
  const trainings = fits.map((fit) => new Training(fit));
  const [{ config, features }] = fits as [ContextFit];
  const batchSize = batchSizeFor(features.count, config.batchSize);
  const steps = stepsPerEpoch(features.count, config.batchSize);
  for (let epoch = 0; epoch < config.epochs; epoch++) {
    for (const training of trainings) training.begin(epoch);
    for (let step = 0; step < steps; step++) {
      beforeStep?.();
      const images: Float32Array[] = [];
      const labels = new Int32Array(fits.length * batchSize);
      for (const [g, training] of trainings.entries()) {
        const indices = training.indices(step, batchSize);
        images.push(await training.fit.features.batch(epoch, indices));
        indices.forEach((i, row) => {
          labels[g * batchSize + row] = training.fit.labels[i]!;
        });
      }
      const contexts = joined(trainings.map(({ ctx }) => ctx));
      const { logits, losses, ctxGrad } = await stepTogether(contexts, joined(images), labels);
      const predicted = argmaxRows(logits, logits.length / labels.length);
      for (const [g, training] of trainings.entries()) {
        const { length } = training.ctx;
        const rows = [g * batchSize, (g + 1) * batchSize] as const;
        const correct = countCorrect(predicted.subarray(...rows), labels.subarray(...rows));
        const grad = ctxGrad.subarray(g * length, (g + 1) * length);
        training.step(epoch, step, losses[g]!, correct, grad);
      }
    }
    for (const training of trainings) {
      training.lossPerEpoch.push(training.total / steps);
      training.accuracyPerEpoch.push(training.correct / (steps * batchSize));
    }
    const mean = trainings.reduce((sum, { total }) => sum + total, 0) / trainings.length / steps;
    onEpoch?.(epoch, mean);
  }
  return trainings.map((training) => training.finish());
}

/** Learns one context with a compiled step; see `fitContexts`. */
export async function fitCoOp({
  program,
  onEpoch,
  beforeStep,
  ...fit
}: ContextFit & FitHooks & { readonly program: CoOpProgram }): Promise<CoOpFit> {
  const step: StepTogether = async (ctx, images, labels) => {
    const { logits, loss, ctxGrad } = await program.step(ctx, images, labels);
    return { logits, losses: [loss], ctxGrad };
  };
  const [result] = await fitContexts([fit], step, {
    ...(onEpoch && { onEpoch }),
    ...(beforeStep && { beforeStep }),
  });
  return result!;
}
