import type { MethodConfig } from '../../config/index.ts';
import { linearScorer } from '../classify.ts';
import type { Method } from '../method.ts';
import { templateFlops } from '../prompt-flops.ts';
import { EIGHTY_TEMPLATES, SEVEN_TEMPLATES } from '../templates.ts';
import { checkTemplates, PROMPTS_WORDS, zeroShotWeights } from '../zero-shot.ts';

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

/** Hand-made prompts: nothing is learned. */
export const zeroShot: Method<ZeroShotConfig> = {
  kind: 'zeroshot',
  title: 'zero-shot',
  keys: ['zeroshot', 'zeroshot_ensemble7', 'zeroshot_ensemble80'],
  learns: false,
  words: {
    prompts: PROMPTS_WORDS,
    version: { name: 'version of the method', value: String },
  },
  tunable: {},
  configure: (key, { prompts, dataset }) =>
    isKey(key)
      ? { kind: 'zeroshot', key, version: VERSION, prompts: ENSEMBLES[key](prompts, dataset) }
      : null,
  titleOf: (key) => TITLES[key as keyof typeof ENSEMBLES],
  reads: () => ({ train: null, val: false, test: true }),
  work: ({ prompts }, size) => ({
    flops: templateFlops(prompts, size),
    calls: prompts.length,
    textGraphs: prompts.length,
    numbers: 0,
    freshPictures: 0,
  }),
  check: ({ prompts }, task) => checkTemplates(prompts, task),
  async fit({ config, source: { towers, classNames } }) {
    const { engine, text, tokenizer, classifier } = towers;
    const weights = await zeroShotWeights(engine, text, tokenizer, classNames, config.prompts);
    return { ...linearScorer(classifier, weights, new Float32Array(classNames.length)), details: {} };
  },
};
