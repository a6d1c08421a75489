import type { TextWeights, Tokenizer } from '../clip/index.ts';
import { type ClassTokenPosition, type MethodConfig, UserError } from '../config/index.ts';
import { stream } from '../data/index.ts';
import { learningRates, Sgd } from '../train/index.ts';
import type { CoOpProgram } from './coop-program.ts';
import type { EpochSource } from './method.ts';
import type { SgdSettings } from './sgd-settings.ts';

/** Standard deviation of a random context. */
const CONTEXT_STD = 0.02;

/** Context optimisation. */
export interface CoOpConfig extends MethodConfig, SgdSettings {
  readonly kind: 'coop';
  /** Number of learned context vectors, M. */
  readonly nCtx: number;
  readonly position: ClassTokenPosition;
  /** Class-specific context: one [M, D] a class instead of one for all. */
  readonly csc: boolean;
  /** Words whose embeddings start the context (unified only), or null: N(0, 0.02). */
  readonly ctxInit: string | null;
}

export interface CoOpFit {
  /** [M, W] or [K, M, W]. */
  readonly ctx: Float32Array;
  /** Mean loss of every epoch. */
  readonly lossPerEpoch: number[];
  readonly steps: number;
}

/** Pictures of a step: 32, or all where there are fewer. The last short batch of an epoch is dropped. */
export function batchSizeFor(count: number, batchSize: number): number {
  return Math.min(count, batchSize);
}

/**
 * The context training starts from: N(0, 0.02), or the embeddings of `ctxInit`'s words.
 * @returns [M, W], or [K, M, W] if class-specific.
 * @throws {UserError} CONTEXT_WORDS: the words are not M tokens of this vocabulary.
 */
export function initialContext(
  { nCtx, csc, ctxInit }: Pick<CoOpConfig, 'nCtx' | 'csc' | 'ctxInit'>,
  {
    classCount,
    seed,
    text,
    tokenizer,
  }: { classCount: number; seed: number; text: TextWeights; tokenizer: Tokenizer },
): Float32Array {
  const { width } = text.architecture;
  if (ctxInit === null) {
    const random = stream('context', seed);
    return Float32Array.from(
      { length: (csc ? classCount : 1) * nCtx * width },
      () => CONTEXT_STD * random.normal(),
    );
  }
  const tokens = tokenizer.encode(ctxInit);
  if (csc || tokens.length !== nCtx) {
    throw new UserError('CONTEXT_WORDS', {
      where: `a context of ${nCtx}${csc ? ' class-specific' : ''} vectors that starts from "${ctxInit}"`,
      expected: `${nCtx} tokens of the checkpoint's vocabulary, for one context of all classes`,
      found: `${tokens.length} tokens`,
      hint: 'a checkpoint with a larger vocabulary, or a method that starts at random',
    });
  }
  const embedding = text.tokenEmbedding.attributes.data as Float32Array;
  const ctx = new Float32Array(nCtx * width);
  tokens.forEach((id, m) => {
    ctx.set(embedding.subarray(id * width, (id + 1) * width), m * width);
  });
  return ctx;
}

/** Refuses to go on with numbers that are none: every later step and score would be without meaning. */
function checkFinite(values: Iterable<number>, where: string): void {
  for (const value of values) {
    if (Number.isFinite(value)) continue;
    throw new UserError('TRAINING_DIVERGED', {
      where: `CoOp's training, ${where}`,
      expected: 'finite numbers',
      found: String(value),
      hint: "check the checkpoint's weights, logit_scale above all; the settings are the paper's",
    });
  }
}

/**
 * Learns a context: SGD on the cross-entropy of few pictures a class, both towers frozen.
 *
 * The order of an epoch is a shuffle keyed by (seed, epoch). The context of the last step is the result.
 *
 * @param request.features Rows [E], not normalised. @param request.labels [n], of the pictures of `features`.
 * @param request.onEpoch Called after every epoch; throw to stop.
 * @throws {UserError} TRAINING_DIVERGED: a loss, or the context at the end, is not finite.
 * Source: Zhou et al., IJCV 2022, arXiv 2109.01134; settings of CoOp's configs [ff61507].
 */
export async function fitCoOp(request: {
  readonly config: CoOpConfig;
  readonly seed: number;
  readonly program: CoOpProgram;
  readonly start: Float32Array;
  readonly features: EpochSource;
  readonly labels: Int32Array;
  readonly onEpoch?: (epoch: number, loss: number) => void;
  /** Asked before every step; throw to stop. */
  readonly beforeStep?: () => void;
}): Promise<CoOpFit> {
  const { config, seed, program, features, labels } = request;
  const ctx = Float32Array.from(request.start);
  const sgd = new Sgd(ctx.length, config);
  const rates = learningRates({
    epochs: config.epochs,
    baseLr: config.learningRate,
    warmupEpochs: config.warmupEpochs,
    warmupLr: config.warmupLearningRate,
  });
  const batchSize = batchSizeFor(features.count, config.batchSize);
  const stepsPerEpoch = Math.floor(features.count / batchSize);
  const lossPerEpoch: number[] = [];
  for (const [epoch, rate] of rates.entries()) {
    const order = Array.from({ length: features.count }, (_, i) => i);
    stream('order', seed, epoch).shuffle(order);
    let total = 0;
    for (let step = 0; step < stepsPerEpoch; step++) {
      request.beforeStep?.();
      const batch = order.slice(step * batchSize, (step + 1) * batchSize);
      const images = await features.batch(epoch, batch);
      const { loss, ctxGrad } = await program.step(
        ctx,
        images,
        Int32Array.from(batch, (i) => labels[i]!),
      );
      checkFinite([loss], `loss of epoch ${epoch + 1}, step ${step + 1}`);
      sgd.step(ctx, ctxGrad, rate);
      total += loss;
    }
    lossPerEpoch.push(total / stepsPerEpoch);
    request.onEpoch?.(epoch, total / stepsPerEpoch);
  }
  checkFinite(ctx, 'the learned context');
  return { ctx, lossPerEpoch, steps: sgd.steps };
}
