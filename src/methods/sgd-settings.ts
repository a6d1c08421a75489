import type { MethodConfig } from '../config/index.ts';
import { parseEpochs, parseViews, UserError } from '../config/index.ts';
import type { MethodContext, PictureReads, WordsOf } from './method.ts';

/** How CoOp's SGD goes over the training pictures. */
export interface SgdSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly warmupEpochs: number;
  readonly warmupLearningRate: number;
  /** `fresh`: a new random crop every time; N: N fixed crops of each picture, drawn from. */
  readonly views: number | 'fresh';
}

/** Epochs for a number of shots: 16 and 8, 4 and 2, 1 have values of their own; others take the next lower. */
function epochsFor({ epochs: policy, mostEpochs, shots }: MethodContext): number {
  if (typeof policy === 'number') return policy;
  if (policy === 'paper') return Math.min(shots >= 8 ? 200 : shots >= 2 ? 100 : 50, mostEpochs ?? Infinity);
  return shots >= 8 ? 25 : 50;
}

/** Source: configs/trainers/CoOp of the official code [ff61507]. */
export function sgdSettings(context: MethodContext): SgdSettings {
  return {
    epochs: epochsFor(context),
    batchSize: 32,
    learningRate: 0.002,
    momentum: 0.9,
    weightDecay: 5e-4,
    warmupEpochs: 1,
    warmupLearningRate: 1e-5,
    views: context.views,
  };
}

/** Training crops whose features are made before a fit: N fixed ones of each picture, or none. */
export const cropReads = (views: number | 'fresh'): PictureReads['train'] =>
  views === 'fresh' ? null : views;

export const viewsWords = (views: number | 'fresh'): string =>
  views === 'fresh' ? 'a new crop every time' : views === 1 ? '1 fixed crop' : `${views} fixed crops`;

export const SGD_WORDS: WordsOf<SgdSettings> = {
  epochs: { name: 'epochs', value: String },
  batchSize: { name: 'batch size', value: String },
  learningRate: { name: 'learning rate', value: String },
  momentum: { name: 'momentum', value: String },
  weightDecay: { name: 'weight decay', value: String },
  warmupEpochs: { name: 'warm-up epochs', value: String },
  warmupLearningRate: { name: 'warm-up learning rate', value: String },
  views: {
    name: 'views of a picture',
    value: viewsWords,
    inTitle: (views) => (views === 'fresh' ? 'fresh crops' : viewsWords(views)),
  },
};

/** A number above `limit`. @param setting Its name in words. @throws {UserError} BAD_OPTION */
export function parseAbove(limit: number, setting: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > limit) return value;
  throw new UserError('BAD_OPTION', {
    where: `--methods: ${setting}`,
    expected: `a number above ${limit}`,
    found: JSON.stringify(text),
  });
}

/** A positive number. @throws {UserError} BAD_OPTION */
export const parseRate = (text: string): number => parseAbove(0, 'learning rate', text);

/** The settings of SGD that may be changed behind a method's key. */
export const SGD_TUNABLE = {
  lr: (text: string) => ({ learningRate: parseRate(text) }),
  views: (text: string) => ({ views: parseViews(text) }),
  epochs: (text: string) => {
    const epochs = parseEpochs(text);
    if (typeof epochs === 'number') return { epochs };
    throw new UserError('BAD_OPTION', {
      where: '--methods: epochs',
      expected: 'a number; --epochs takes names of schedules',
      found: JSON.stringify(text),
    });
  },
} satisfies Readonly<Record<string, (text: string) => Partial<SgdSettings & MethodConfig>>>;
