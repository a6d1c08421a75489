import { fileURLToPath } from 'node:url';
import { openCheckpoint } from '../../src/clip/index.ts';
import {
  Classifier,
  type DrawnPictures,
  type Program,
  type Towers,
  type TrainingSource,
} from '../../src/methods/index.ts';
import type { PictureCache } from '../../src/methods/tip-adapter-program.ts';
import { onnxEngine } from '../../src/runtime/index.ts';
import { text, tokenizer } from './coop-case.ts';

const path = fileURLToPath(new URL('../fixtures/checkpoints/vit.openai.safetensors', import.meta.url));
const checkpoint = await openCheckpoint(path);
const engine = onnxEngine();

/** Small, so that the keys count. */
const LOGIT_SCALE = 5;

/** E of the checkpoint that the fits go through. */
export const { embedDim } = checkpoint.architecture;

/** Numbers without a pattern that are the same everywhere, around 0. */
export const numbers = (count: number, from = 0): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => (((i + 1 + from) ** 2 * Math.SQRT2) % 1) - 0.5);

export const rowOf = (x: Float32Array, i: number, width: number): number[] => [
  ...x.subarray(i * width, (i + 1) * width),
];

export const unit = (x: readonly number[]): number[] => x.map((value) => value / Math.hypot(...x));

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Tip-Adapter's logits as the paper writes them, in float64, key by key. @returns [n][K] */
export function plainLogits(
  images: Float32Array,
  { keys, filled, text: weights, shape: { classes, slots, embedDim: dim } }: PictureCache,
  { alpha, beta }: { readonly alpha: number; readonly beta: number },
): number[][] {
  return Array.from({ length: images.length / dim }, (_, n) => {
    const image = unit(rowOf(images, n, dim));
    const logits = Array.from(
      { length: classes },
      (__, k) => LOGIT_SCALE * dot(image, rowOf(weights, k, dim)),
    );
    for (let slot = 0; slot < classes * slots; slot++) {
      if (filled[slot] === 0) continue;
      logits[Math.floor(slot / slots)]! += alpha * Math.exp(-beta * (1 - dot(image, rowOf(keys, slot, dim))));
    }
    return logits;
  });
}

/** Mean cross-entropy of logits [n][K], in float64. */
export function plainLoss(logits: readonly (readonly number[])[], labels: ArrayLike<number>): number {
  const losses = logits.map(
    (of, n) => Math.log(of.reduce((sum, x) => sum + Math.exp(x), 0)) - of[labels[n]!]!,
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

export const argmax = (values: readonly number[]): number => values.indexOf(Math.max(...values));

/** K classes with 2, 1 and 2 keys of E = 4 in two slots each: the second slot of class 1 is empty. */
export const shape = { classes: 3, slots: 2, embedDim: 4 } as const;

const unitRows = (x: Float32Array, width: number): Float32Array =>
  Float32Array.from(Array.from({ length: x.length / width }, (_, i) => unit(rowOf(x, i, width))).flat());

export function tinyCache(): PictureCache {
  const keys = unitRows(numbers(6 * 4), 4);
  keys.fill(0, 3 * 4, 4 * 4);
  return { shape, keys, filled: Float32Array.of(1, 1, 1, 0, 1, 1), text: unitRows(numbers(3 * 4, 50), 4) };
}

const programs = new Map<string, Program>();

/** A frozen model; it keeps what is compiled until `dispose`. */
export const towers: Towers = {
  engine,
  checkpoint,
  text,
  tokenizer,
  logitScale: LOGIT_SCALE,
  classifier: new Classifier(engine),
  async program<P extends Program>(name: string, compile: () => Promise<P>) {
    const program = (programs.get(name) as P | undefined) ?? (await compile());
    programs.set(name, program);
    return program;
  },
};

export async function disposeTowers(): Promise<void> {
  for (const program of programs.values()) await program.dispose();
  await towers.classifier.dispose();
}

/** Pictures whose crops are given: `crop(epoch, i)` is picture i's features [E]. */
export function picturesOf(
  labels: readonly number[],
  crop: (epoch: number, i: number) => ArrayLike<number>,
): DrawnPictures {
  const batch = (epoch: number, indices: readonly number[]) =>
    Float32Array.from(indices.flatMap((i) => Array.from(crop(epoch, i))));
  const none = () => Promise.reject(new Error('no pixels here'));
  return {
    labels: Int32Array.from(labels),
    features: async () => batch(0, [...labels.keys()]),
    cropFeatures: async () => ({
      count: labels.length,
      batch: async (epoch, indices) => batch(epoch, indices),
    }),
    cropPixels: none,
    pixels: none,
  };
}

export const sourceOf = (train: DrawnPictures, val: DrawnPictures, seed = 1): TrainingSource => ({
  towers,
  classNames: ['dog', 'cat', 'tiger_cat'],
  task: 'three animals',
  seed,
  train,
  val,
  progress() {},
  cancelled: false,
  throwIfCancelled() {},
});
