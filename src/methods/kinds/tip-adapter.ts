import type { MethodConfig } from '../../config/index.ts';
import type { Method } from '../method.ts';
import { cropReads } from '../sgd-settings.ts';
import { buildCache, cacheScorer, cacheWork, chooseStrengths } from '../tip-adapter.ts';
import { CACHE_TUNABLE, CACHE_WORDS, type CacheSettings, cacheSettings } from '../tip-adapter-settings.ts';
import { checkTemplates } from '../zero-shot.ts';

/** Tip-Adapter without training. */
export interface TipAdapterConfig extends MethodConfig, CacheSettings {
  readonly kind: 'tip_adapter';
}

/** Raised on purpose when the method's numbers change. */
const VERSION = 1;

/**
 * Tip-Adapter: the few-shot pictures are keys in a cache, and a picture's logits are those of the hand-made prompts
 * plus α Σ exp(−β(1 − cosine)) over the keys of each class. Nothing is trained; α and β are chosen on validation shots.
 *
 * Source: Zhang et al., ECCV 2022, arXiv 2207.09519; main.py [327763e] and utils.py [e6bdba4] of
 * gaopengcuhk/Tip-Adapter.
 * Differs: α and β are chosen on the validation shots of the draw, for ImageNet too (on its test pictures in the
 * official code), over one grid for all sets; prompts have the checkpoint's logit scale (100 there) and are those of
 * zero-shot (seven for ImageNet there); crops are CoOp's (area from 0.08 of the picture; from 0.5 there); float32.
 */
export const tipAdapter: Method<TipAdapterConfig> = {
  kind: 'tip_adapter',
  title: 'Tip-Adapter',
  keys: ['tip_adapter'],
  learns: true,
  words: { ...CACHE_WORDS, version: { name: 'version of the method', value: String } },
  tunable: CACHE_TUNABLE,
  configure: (key, context) =>
    key === 'tip_adapter' ? { kind: 'tip_adapter', key, version: VERSION, ...cacheSettings(context) } : null,
  titleOf: () => 'Tip-Adapter',
  reads: ({ views }) => ({ train: cropReads(views), val: true, test: true }),
  work: cacheWork,
  check: ({ prompts }, task) => checkTemplates(prompts, task),
  async fit({ config, source }) {
    const cache = await buildCache(config, source);
    const { strengths, details } = await chooseStrengths(config, source, cache);
    return { ...cacheScorer(source.towers, cache, strengths), details };
  },
};
