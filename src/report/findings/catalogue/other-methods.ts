import { paperBackbone } from '../../paper/lookup.ts';
import { minus, plus } from '../contrast.ts';
import { ask } from '../decide.ts';
import type { Finding } from '../finding.ts';
import type { Results } from '../results.ts';
import { atMostShots, COOP, inShots, ZERO_SHOT } from './words.ts';

const ENSEMBLES = { zeroshot_ensemble7: '7 prompts', zeroshot_ensemble80: '80 prompts' } as const;

const FINE_TUNING = {
  finetune_image: 'all weights of the image encoder',
  text_layer: 'a layer on the text features',
  text_bias: 'a bias on the text features',
} as const;

/** The paper's models from the weakest to the strongest, as its reference names them. */
const BACKBONES = ['rn50', 'rn101', 'vit_b32', 'vit_b16'];

/** What the paper concludes about models and about other ways to adapt one: on ImageNet alone. */
export const METHOD_FINDINGS: readonly Finding[] = [
  {
    key: 'better-backbones',
    sentence: 'The better the image tower, the better is CoOp.',
    where: 'Further analysis, vision backbones',
    needs: 'coop_m16_end on several backbones; on others than the paper’s zeroshot, too, to order them',
    ask: (results) =>
      steps(ordered(results))
        .filter(([, better]) => better === results.backbone)
        .map(([worse]) =>
          atMostShots(results, (shots) => {
            const terms = [plus(COOP, shots), minus(COOP, shots, { backbone: worse })];
            return ask(results, { question: `over ${worse}, ${inShots(shots)}`, terms, ofOneSet: true });
          }),
        ),
  },
  {
    key: 'over-ensembles',
    sentence: 'CoOp is better than ensembles of hand-made prompts.',
    where: 'Further analysis, prompt ensembling',
    needs: `coop_m16_end, and ${Object.keys(ENSEMBLES).join(' or ')}, on the same sets`,
    ask: (results) =>
      Object.entries(ENSEMBLES).map(([method, words]) =>
        atMostShots(results, (shots) => {
          const terms = [plus(COOP, shots), minus(method, 0)];
          return ask(results, { question: `over ${words}, ${inShots(shots)}`, terms, ofOneSet: true });
        }),
      ),
  },
  {
    key: 'over-fine-tuning',
    sentence: 'CoOp is better than fine-tuning other parts of the model.',
    where: 'Further analysis, comparison with other fine-tuning methods',
    needs: `coop_m16_end, and one of ${Object.keys(FINE_TUNING).join(', ')}, on the same sets`,
    ask: (results) =>
      Object.entries(FINE_TUNING).map(([method, words]) =>
        atMostShots(results, (shots) => {
          const terms = [plus(COOP, shots), minus(method, shots)];
          return ask(results, { question: `over ${words}, ${inShots(shots)}`, terms, ofOneSet: true });
        }),
      ),
  },
];

/**
 * Backbones from the weakest to the strongest: the paper's as it has them, others by their hand-made prompts, over the
 * sets where all of them have those.
 */
function ordered(results: Results): readonly string[] {
  const { backbones, sets } = results;
  const names = backbones.map(paperBackbone);
  if (names.every((name) => name !== null) && new Set(names).size === names.length) {
    return BACKBONES.flatMap((name) => backbones.filter((_, i) => names[i] === name));
  }
  const zeroShot = backbones.map((backbone) => ({
    backbone,
    accuracies: sets.map((dataset) => {
      const runs = results.runs({ backbone, method: ZERO_SHOT, shots: 0, dataset, target: dataset });
      return runs?.get(null)?.accuracy ?? null;
    }),
  }));
  const known = zeroShot.filter(({ accuracies }) => accuracies.some((accuracy) => accuracy !== null));
  const shared = sets.flatMap((_, i) => (known.every(({ accuracies }) => accuracies[i] !== null) ? [i] : []));
  if (shared.length === 0) return [];
  const sum = ({ accuracies }: (typeof known)[number]) => shared.reduce((all, i) => all + accuracies[i]!, 0);
  return known.toSorted((a, b) => sum(a) - sum(b)).map(({ backbone }) => backbone);
}

/** Neighbours in a list. */
function steps(list: readonly string[]): readonly (readonly [string, string])[] {
  return list.slice(1).map((name, i) => [list[i]!, name] as const);
}
