import type { MethodConfig } from '../../config/index.ts';
import { AdamW, learningRates } from '../../train/index.ts';
import { countCorrect } from '../choose-rate.ts';
import { diverged } from '../diverged.ts';
import { argmaxRows } from '../linear-classifier.ts';
import type { Fit, Method } from '../method.ts';
import { cropReads, SGD_TUNABLE, SGD_WORDS } from '../sgd-settings.ts';
import {
  BATCH_ROWS,
  buildCache,
  cacheScorer,
  cacheWork,
  chooseStrengths,
  comparisonFlops,
  programFor,
} from '../tip-adapter.ts';
import type { PictureCache } from '../tip-adapter-program.ts';
import { CACHE_TUNABLE, CACHE_WORDS, type CacheSettings, cacheSettings } from '../tip-adapter-settings.ts';
import { epochOrder } from '../train-loop.ts';
import { checkTemplates } from '../zero-shot.ts';

/** Tip-Adapter with keys that are trained. */
export interface TipAdapterFConfig extends MethodConfig, CacheSettings {
  readonly kind: 'tip_adapter_f';
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** ε of AdamW. */
  readonly epsilon: number;
}

/** Raised on purpose when the method's numbers change. */
const VERSION = 1;

const BETAS = [0.9, 0.999] as const;

const EPOCHS = 20;

/** Times that a step of AdamW goes through a vector as long as the keys. */
const ADAMW_PASSES = 8;

/** A learned cache. */
interface Tuned {
  readonly cache: PictureCache;
  /** Mean over the pictures, by epoch. */
  readonly lossPerEpoch: readonly number[];
  /** Share of the pictures classified rightly, each before its step, by epoch. */
  readonly accuracyPerEpoch: readonly number[];
  readonly steps: number;
}

/**
 * Trains the keys: AdamW on the cross-entropy of the whole logits, α and β fixed; the rate falls as a cosine over all
 * steps; the last short batch of an epoch counts. Crops follow those that the keys were made of.
 * @throws {UserError} TRAINING_DIVERGED
 */
async function tuneKeys({ config, source }: Fit<TipAdapterFConfig>, start: PictureCache): Promise<Tuned> {
  const { towers, train, seed } = source;
  const { epochs, batchSize, weightDecay, epsilon } = config;
  const program = await programFor(towers, start.shape);
  const crops = await train.cropFeatures(config.views);
  const cache = { ...start, keys: Float32Array.from(start.keys) };
  const adamw = new AdamW(cache.keys.length, { betas: BETAS, epsilon, weightDecay });
  const rates = learningRates({
    epochs: epochs * Math.ceil(crops.count / batchSize),
    baseLr: config.learningRate,
    warmupEpochs: 0,
    warmupLr: 0,
  });
  const [lossPerEpoch, accuracyPerEpoch]: [number[], number[]] = [[], []];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = epochOrder(crops.count, seed, epoch);
    let [total, right] = [0, 0];
    for (let first = 0; first < order.length; first += batchSize) {
      source.throwIfCancelled();
      const batch = order.slice(first, first + batchSize);
      const images = await crops.batch(config.passes + epoch, batch);
      const labels = Int32Array.from(batch, (i) => train.labels[i]!);
      const { logits, loss, keysGrad } = await program.step(cache, images, labels, config);
      if (!Number.isFinite(loss)) {
        throw diverged(`Tip-Adapter-F's training, loss of epoch ${epoch + 1}`, loss);
      }
      adamw.step(cache.keys, keysGrad, rates[adamw.steps]!);
      total += loss * batch.length;
      right += countCorrect(argmaxRows(logits, cache.shape.classes), labels);
    }
    const loss = total / crops.count;
    lossPerEpoch.push(loss);
    accuracyPerEpoch.push(right / crops.count);
    source.progress((epoch + 1) / epochs, `epoch ${epoch + 1} of ${epochs}, loss ${loss.toFixed(3)}`);
  }
  return { cache, lossPerEpoch, accuracyPerEpoch, steps: adamw.steps };
}

/**
 * Tip-Adapter-F: Tip-Adapter whose keys are trained, before α and β are chosen.
 *
 * Source: as Tip-Adapter's; AdamW with ε = 1e-4 and PyTorch's other defaults, rate 0.001, 20 epochs, batches of 256.
 * Differs: as Tip-Adapter; the keys of the last step are kept (the official code keeps those of the epoch that does
 * best on test pictures, and reports the best it saw there); 20 epochs for EuroSAT too (100 there).
 */
export const tipAdapterF: Method<TipAdapterFConfig> = {
  kind: 'tip_adapter_f',
  title: 'Tip-Adapter-F',
  keys: ['tip_adapter_f'],
  learns: true,
  words: {
    ...CACHE_WORDS,
    epochs: SGD_WORDS.epochs,
    batchSize: SGD_WORDS.batchSize,
    learningRate: SGD_WORDS.learningRate,
    weightDecay: SGD_WORDS.weightDecay,
    epsilon: { name: 'ε of AdamW', value: String },
    version: { name: 'version of the method', value: String },
  },
  tunable: { ...CACHE_TUNABLE, lr: SGD_TUNABLE.lr, epochs: SGD_TUNABLE.epochs },
  configure: (key, context) =>
    key === 'tip_adapter_f'
      ? {
          kind: 'tip_adapter_f',
          key,
          version: VERSION,
          ...cacheSettings(context),
          epochs: typeof context.epochs === 'number' ? context.epochs : EPOCHS,
          batchSize: BATCH_ROWS,
          learningRate: 0.001,
          weightDecay: 0.01,
          epsilon: 1e-4,
        }
      : null,
  titleOf: () => 'Tip-Adapter-F',
  reads: ({ views }) => ({ train: cropReads(views), val: true, test: true }),
  work(config, size) {
    const { train, embedDim } = size;
    const { freshPictures, ...made } = cacheWork(config, size);
    const steps = config.epochs * Math.ceil(train / config.batchSize);
    const pictures = config.epochs * train;
    // Forward, and the way back to the keys.
    const trained = pictures * (comparisonFlops(size) + 2 * embedDim * train);
    return {
      ...made,
      flops: made.flops + trained,
      calls: made.calls + steps,
      numbers: made.numbers + steps * ADAMW_PASSES * train * embedDim,
      freshPictures: freshPictures + (config.views === 'fresh' ? pictures : 0),
    };
  },
  check: ({ prompts }, task) => checkTemplates(prompts, task),
  async fit(fit) {
    const { config, source } = fit;
    const { cache, ...training } = await tuneKeys(fit, await buildCache(config, source));
    const { strengths, details } = await chooseStrengths(config, source, cache);
    return { ...cacheScorer(source.towers, cache, strengths), details: { ...details, ...training } };
  },
};
