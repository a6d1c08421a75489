import { minus, plus } from '../contrast.ts';
import { ask, askBetween } from '../decide.ts';
import type { Finding } from '../finding.ts';
import { FINE_GRAINED, FOOD_AND_PETS, GENERIC, SPECIAL } from './sets.ts';
import { atMostShots, COOP, COOP_CSC, fewestAndMost, inShots, PROBE, ZERO_SHOT } from './words.ts';

const WHERE = 'Few-shot learning, figure 3';

/** What the paper concludes from its eleven sets and five shot counts. */
export const FEW_SHOT_FINDINGS: readonly Finding[] = [
  {
    key: 'over-hand-made-prompts',
    sentence: 'CoOp is better than hand-made prompts, from two shots on.',
    where: WHERE,
    needs: 'zeroshot, and coop_m16_end at two shots or more, on the same sets',
    ask: (results) =>
      results.shots
        .filter((shots) => shots >= 2)
        .map((shots) =>
          ask(results, { question: inShots(shots), terms: [plus(COOP, shots), minus(ZERO_SHOT, 0)] }),
        ),
  },
  {
    key: 'most-on-special-sets',
    sentence:
      'CoOp gains most over hand-made prompts on fine-grained and special sets, least on food and pets.',
    where: 'Few-shot learning, figure 4',
    needs: `zeroshot and coop_m16_end on some of ${[...FINE_GRAINED, ...SPECIAL].join(', ')} and of ${FOOD_AND_PETS.join(', ')}`,
    ask: (results) => [
      atMostShots(results, (shots) => {
        const terms = [plus(COOP, shots), minus(ZERO_SHOT, 0)];
        return askBetween(
          results,
          { question: inShots(shots), terms },
          [...FINE_GRAINED, ...SPECIAL],
          FOOD_AND_PETS,
        );
      }),
    ],
  },
  {
    key: 'over-linear-probe',
    sentence: 'CoOp is better than the linear probe at every number of shots.',
    where: WHERE,
    needs: 'linear_probe and coop_m16_end at the same shots on the same sets',
    ask: (results) =>
      results.shots.map((shots) =>
        ask(results, { question: inShots(shots), terms: [plus(COOP, shots), minus(PROBE, shots)] }),
      ),
  },
  {
    key: 'over-linear-probe-at-few-shots',
    sentence: 'CoOp’s lead over the linear probe is greater at few shots than at many.',
    where: WHERE,
    needs: 'linear_probe and coop_m16_end at two numbers of shots on the same sets',
    ask: (results) =>
      fewestAndMost(results).map(([few, many]) => {
        const lead = [plus(COOP, few), minus(PROBE, few), minus(COOP, many), plus(PROBE, many)];
        return ask(results, { question: `lead at ${inShots(few)} minus lead at ${many}`, terms: lead });
      }),
  },
  {
    key: 'class-specific-over-linear-probe',
    sentence: 'CoOp with class-specific contexts is better than the linear probe at every number of shots.',
    where: WHERE,
    needs: 'linear_probe and coop_m16_end_csc at the same shots on the same sets',
    ask: (results) =>
      results.shots.map((shots) =>
        ask(results, { question: inShots(shots), terms: [plus(COOP_CSC, shots), minus(PROBE, shots)] }),
      ),
  },
  {
    key: 'unified-at-few-shots',
    sentence: 'One context for all classes is better than class-specific ones at few shots (1, 2, 4).',
    where: WHERE,
    needs: 'coop_m16_end and coop_m16_end_csc at up to four shots on the same sets',
    ask: (results) =>
      results.shots
        .filter((shots) => shots <= 4)
        .map((shots) =>
          ask(results, { question: inShots(shots), terms: [plus(COOP, shots), minus(COOP_CSC, shots)] }),
        ),
  },
  {
    key: 'unified-on-generic-sets',
    sentence: 'One context for all classes is better than class-specific ones on generic objects and scenes.',
    where: WHERE,
    needs: `coop_m16_end and coop_m16_end_csc on some of ${GENERIC.join(', ')}`,
    ask: (results) => [
      atMostShots(results, (shots) => {
        const terms = [plus(COOP, shots), minus(COOP_CSC, shots)];
        return ask(results, { question: inShots(shots), terms, among: GENERIC });
      }),
    ],
  },
  {
    key: 'class-specific-on-fine-grained-sets',
    sentence: 'Class-specific contexts are better than one for all on fine-grained sets with many shots.',
    where: WHERE,
    needs: `coop_m16_end and coop_m16_end_csc on some of ${FINE_GRAINED.join(', ')}, at eight shots or more`,
    ask: (results) => [
      atMostShots(results, (shots) => {
        if (shots < 8) return null;
        const terms = [plus(COOP_CSC, shots), minus(COOP, shots)];
        return ask(results, { question: inShots(shots), terms, among: FINE_GRAINED });
      }),
    ],
  },
];
