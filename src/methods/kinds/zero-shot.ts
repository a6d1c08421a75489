import { fillTemplate, textPrompts } from '../../clip/index.ts';
import type { MethodConfig } from '../../config/index.ts';
import { linearScorer } from '../classify.ts';
import type { Method } from '../method.ts';
import { promptFlops } from '../prompt-flops.ts';
import { EIGHTY_TEMPLATES, SEVEN_TEMPLATES } from '../templates.ts';
import { zeroShotWeights } from '../zero-shot.ts';

/** Zero-shot classification with hand-made prompts. */
export interface ZeroShotConfig extends MethodConfig {
  readonly kind: 'zeroshot';
  /** Prompt templates; `{}` stands for the class name. Several make an ensemble. */
  readonly prompts: readonly string[];
}

/** Raised on purpose when the method's numbers change. */
const VERSION = 1;

/** Templates of an ensemble; outside ImageNet the dataset's own prompt joins the seven, as in CoOp's second trainer. */
const ENSEMBLES = {
  zeroshot: (own: readonly string[]) => own,
  zeroshot_ensemble7: (own: readonly string[], dataset: string) =>
    dataset === 'imagenet' ? SEVEN_TEMPLATES : [...SEVEN_TEMPLATES, ...own],
  zeroshot_ensemble80: () => EIGHTY_TEMPLATES,
} as const satisfies Record<string, (own: readonly string[], dataset: string) => readonly string[]>;

const TITLES: Readonly<Record<keyof typeof ENSEMBLES, string>> = {
  zeroshot: 'Zero-shot CLIP',
  zeroshot_ensemble7: 'Zero-shot CLIP (7 prompts)',
  zeroshot_ensemble80: 'Zero-shot CLIP (80 prompts)',
};

const isKey = (key: string): key is keyof typeof ENSEMBLES => Object.hasOwn(ENSEMBLES, key);

/** More prompts than this are counted in words, not listed. */
const MOST_LISTED = 8;

const promptsWords = (prompts: readonly string[]): string =>
  prompts.length > MOST_LISTED
    ? `${prompts.length}, from “${prompts[0]}” to “${prompts.at(-1)}”`
    : prompts.map((prompt) => `“${prompt}”`).join(', ');

/** Hand-made prompts: nothing is learned. */
export const zeroShot: Method<ZeroShotConfig> = {
  kind: 'zeroshot',
  title: 'zero-shot',
  keys: ['zeroshot', 'zeroshot_ensemble7', 'zeroshot_ensemble80'],
  learns: false,
  words: {
    prompts: { name: 'prompts', value: promptsWords },
    version: { name: 'version of the method', value: String },
  },
  tunable: {},
  configure: (key, { prompts, dataset }) =>
    isKey(key)
      ? { kind: 'zeroshot', key, version: VERSION, prompts: ENSEMBLES[key](prompts, dataset) }
      : null,
  titleOf: (key) => TITLES[key as keyof typeof ENSEMBLES],
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
