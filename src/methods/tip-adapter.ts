import type { MethodDetails, ValidationPoint } from '../config/index.ts';
import { forRowChunks } from './classify.ts';
import { argmaxRows } from './linear-classifier.ts';
import type { FittedMethod, TaskSize, Towers, TrainingSource, Work } from './method.ts';
import { templateFlops } from './prompt-flops.ts';
import type { CacheShape } from './tip-adapter-graph.ts';
import { type PictureCache, type Strengths, TipAdapterProgram } from './tip-adapter-program.ts';
import { type CacheSettings, SEARCH_FROM } from './tip-adapter-settings.ts';
import { normalizeRows, zeroShotWeights } from './zero-shot.ts';

/** Pictures encoded, compared with the keys, or trained on at a time. */
export const BATCH_ROWS = 256;

/** Values of α and β that are tried. */
const ALPHA_STEPS = 20;
const BETA_STEPS = 200;

/** The program for a cache, the same for all caches of one shape. */
export function programFor(towers: Towers, shape: CacheShape): Promise<TipAdapterProgram> {
  const { classes, slots, embedDim } = shape;
  return towers.program(
    `tip-adapter ${classes} ${slots} ${embedDim}`,
    async () => new TipAdapterProgram(towers.engine, shape, towers.logitScale),
  );
}

/** The slot of every picture, class by class, and which slots there are. @param labels [n] */
export function slotsOf(labels: Int32Array, classes: number) {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]! += 1;
  const slots = Math.max(1, ...counts);
  const filled = new Float32Array(classes * slots);
  counts.fill(0);
  const slotOf = Array.from(labels, (label) => label * slots + counts[label]!++);
  for (const slot of slotOf) filled[slot] = 1;
  return { slots, slotOf, filled };
}

/**
 * Makes the cache: each picture's key is the mean of its crops' features, divided by its length. The crops are those
 * of epochs 0 to `passes` − 1.
 */
export async function buildCache(
  { prompts, views, passes }: CacheSettings,
  source: TrainingSource,
): Promise<PictureCache> {
  const { towers, classNames, train } = source;
  const { embedDim } = towers.checkpoint.architecture;
  const { slots, slotOf, filled } = slotsOf(train.labels, classNames.length);
  const crops = await train.cropFeatures(views);
  const mean = new Float32Array(crops.count * embedDim);
  for (let pass = 0; pass < passes; pass++) {
    source.progress(0, `keys, crop ${pass + 1} of ${passes}`);
    for (let start = 0; start < crops.count; start += BATCH_ROWS) {
      source.throwIfCancelled();
      const length = Math.min(BATCH_ROWS, crops.count - start);
      const indices = Array.from({ length }, (_, row) => start + row);
      const features = await crops.batch(pass, indices);
      for (let i = 0; i < features.length; i++) mean[start * embedDim + i]! += features[i]! / passes;
    }
  }
  normalizeRows(mean, embedDim);
  const keys = new Float32Array(classNames.length * slots * embedDim);
  for (const [i, slot] of slotOf.entries()) {
    keys.set(mean.subarray(i * embedDim, (i + 1) * embedDim), slot * embedDim);
  }
  const { engine, text, tokenizer } = towers;
  return {
    shape: { classes: classNames.length, slots, embedDim },
    keys,
    filled,
    text: await zeroShotWeights(engine, text, tokenizer, classNames, prompts),
  };
}

/** Scores under one α and β. */
export function cacheScorer(
  towers: Towers,
  cache: PictureCache,
  { alpha, beta }: Strengths,
): Pick<Extract<FittedMethod, { reads: 'features' }>, 'reads' | 'scores'> {
  const { classes, embedDim } = cache.shape;
  return {
    reads: 'features',
    async scores(features) {
      const program = await programFor(towers, cache.shape);
      const scores = new Float32Array((features.length / embedDim) * classes);
      const visit = async (rows: Float32Array, start: number, used: number) => {
        const { promptLogits, affinity } = await program.affinity(cache, rows);
        const fromKeys = await program.cacheLogits(cache, affinity, beta);
        for (let i = 0; i < used * classes; i++) {
          scores[start * classes + i] = promptLogits[i]! + alpha * fromKeys[i]!;
        }
      };
      await forRowChunks(features, embedDim, visit, BATCH_ROWS);
      return scores;
    },
  };
}

/** Values from 0.1 up to but without `most`, as far from each other. */
const gridTo = (most: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, i) => (i * (most - SEARCH_FROM)) / steps + SEARCH_FROM);

/** α and β, and what a record tells of their choice. */
export interface Chosen {
  readonly strengths: Strengths;
  readonly details: MethodDetails;
}

/**
 * Chooses α and β on the validation pictures: of 200 values of β and 20 of α the pair with most right answers; of
 * equals, the one with the smallest β, then the smallest α. Without validation pictures they stay as they are set.
 */
export async function chooseStrengths(
  { alpha, beta, alphaMax, betaMax }: CacheSettings,
  source: Pick<TrainingSource, 'towers' | 'val' | 'progress' | 'throwIfCancelled'>,
  cache: PictureCache,
): Promise<Chosen> {
  const { towers, val } = source;
  const count = val.labels.length;
  if (count === 0) return { strengths: { alpha, beta }, details: {} };
  const { classes, embedDim } = cache.shape;
  const program = await programFor(towers, cache.shape);
  const [alphas, betas] = [gridTo(alphaMax, ALPHA_STEPS), gridTo(betaMax, BETA_STEPS)];
  const correct = betas.map(() => new Int32Array(alphas.length));
  const visit = async (rows: Float32Array, start: number, used: number) => {
    const { promptLogits, affinity } = await program.affinity(cache, rows);
    const scores = new Float32Array(used * classes);
    for (const [b, tried] of betas.entries()) {
      source.throwIfCancelled();
      const fromKeys = await program.cacheLogits(cache, affinity, tried);
      for (const [a, strength] of alphas.entries()) {
        for (let i = 0; i < scores.length; i++) scores[i] = promptLogits[i]! + strength * fromKeys[i]!;
        const predicted = argmaxRows(scores, classes);
        for (let row = 0; row < used; row++) {
          if (predicted[row] === val.labels[start + row]) correct[b]![a]! += 1;
        }
      }
    }
    source.progress((start + used) / count, 'choosing α and β');
  };
  await forRowChunks(await val.features(), embedDim, visit, BATCH_ROWS);
  let best = { b: 0, a: 0 };
  for (const b of betas.keys()) {
    for (const a of alphas.keys()) if (correct[b]![a]! > correct[best.b]![best.a]!) best = { b, a };
  }
  const point = (setting: string, value: number, right: number): ValidationPoint => ({
    setting,
    value,
    accuracy: right / count,
  });
  const strengths = { alpha: alphas[best.a]!, beta: betas[best.b]! };
  return {
    strengths,
    details: {
      chosen: { ...strengths },
      validationAccuracy: correct[best.b]![best.a]! / count,
      validation: [
        ...betas.map((value, b) => point('beta', value, correct[b]![best.a]!)),
        ...alphas.map((value, a) => point('alpha', value, correct[best.b]![a]!)),
      ],
    },
  };
}

/** Operations of comparing one picture with the prompts and the keys. */
export const comparisonFlops = ({ train, classNames, embedDim }: TaskSize): number =>
  2 * embedDim * (train + classNames.length);

/** What making the cache and choosing α and β takes. */
export function cacheWork({ prompts, views, passes }: CacheSettings, size: TaskSize): Work {
  const { train, val } = size;
  return {
    flops: templateFlops(prompts, size) + val * comparisonFlops(size),
    calls: prompts.length + Math.ceil(val / BATCH_ROWS) * (1 + BETA_STEPS),
    textGraphs: prompts.length,
    // For every β the keys' answers, for every pair with α the sums of scores and the greatest of them.
    numbers: val * BETA_STEPS * (train + 2 * ALPHA_STEPS * size.classNames.length),
    freshPictures: views === 'fresh' ? passes * train : 0,
  };
}
