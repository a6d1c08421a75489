import { fillTemplate, textPrompts } from '../../clip/index.ts';
import type { MethodConfig } from '../../config/index.ts';
import { linearScorer } from '../classify.ts';
import type { Method } from '../method.ts';
import { promptFlops } from '../prompt-flops.ts';
import { zeroShotWeights } from '../zero-shot.ts';

/** Zero-shot classification with hand-made prompts. */
export interface ZeroShotConfig extends MethodConfig {
  readonly kind: 'zeroshot';
  /** Prompt templates; `{}` stands for the class name. Several make an ensemble. */
  readonly prompts: readonly string[];
}

/** Raised on purpose when the method's numbers change. */
const VERSION = 1;

/** Hand-made prompts: nothing is learned. */
export const zeroShot: Method<ZeroShotConfig> = {
  kind: 'zeroshot',
  title: 'zero-shot',
  keys: ['zeroshot'],
  learns: false,
  words: {
    prompts: { name: 'prompts', value: (prompts) => prompts.map((prompt) => `“${prompt}”`).join(', ') },
    version: { name: 'version of the method', value: String },
  },
  tunable: {},
  configure: (key, { prompts }) =>
    key === 'zeroshot' ? { kind: 'zeroshot', key, version: VERSION, prompts } : null,
  titleOf: () => 'Zero-shot CLIP',
  reads: () => ({ train: null, val: false, test: true }),
  work({ prompts }, { classNames, text, tokenizer }) {
    const flops = prompts.map((template) => {
      const filled = textPrompts(tokenizer, fillTemplate(template, classNames), text.contextLength);
      return promptFlops(filled, false, text);
    });
    return { flops: flops.reduce((sum, of) => sum + of, 0), calls: prompts.length, freshPictures: 0 };
  },
  check({ prompts }, { classNames, text, tokenizer }) {
    for (const template of prompts) {
      textPrompts(tokenizer, fillTemplate(template, classNames), text.architecture.contextLength);
    }
  },
  async fit({ config, source: { towers, classNames } }) {
    const { engine, text, tokenizer, classifier } = towers;
    const weights = await zeroShotWeights(engine, text, tokenizer, classNames, config.prompts);
    return { ...linearScorer(classifier, weights, new Float32Array(classNames.length)), details: {} };
  },
};
