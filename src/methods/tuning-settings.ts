import type { MethodConfig } from '../config/index.ts';
import type { MethodContext, WordsOf } from './method.ts';
import { parseRate, SGD_TUNABLE, SGD_WORDS, type SgdSettings, sgdSettings } from './sgd-settings.ts';

/** CoOp's SGD with the rate left open: of several, validation shots choose one. */
export interface TuningSettings extends Omit<SgdSettings, 'learningRate'> {
  /** Tried in this order; the first of equals wins. */
  readonly learningRates: readonly number[];
  /** Hand-made prompt of the classes; `{}` stands for the name. */
  readonly prompt: string;
}

export function tuningSettings(context: MethodContext, learningRates: readonly number[]): TuningSettings {
  const { learningRate: _, ...settings } = sgdSettings(context);
  return { prompt: context.prompts[0]!, learningRates, ...settings };
}

const { learningRate: _, ...OTHER_WORDS } = SGD_WORDS;

export const TUNING_WORDS: WordsOf<TuningSettings> = {
  prompt: { name: 'prompt', value: (prompt) => `“${prompt}”` },
  learningRates: { name: 'learning rate, by validation', value: (rates) => rates.join(', ') },
  ...OTHER_WORDS,
};

/** The settings that may be changed behind a method's key. */
export const TUNING_TUNABLE = {
  ...SGD_TUNABLE,
  lr: (text: string) => ({ learningRates: [parseRate(text)] }),
} satisfies Readonly<Record<string, (text: string) => Partial<TuningSettings & MethodConfig>>>;
