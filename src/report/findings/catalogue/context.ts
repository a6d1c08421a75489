import { minus, plus } from '../contrast.ts';
import { ask, EQUAL_WITHIN } from '../decide.ts';
import type { Finding } from '../finding.ts';
import { atMostShots, COOP, inShots } from './words.ts';

/** What the paper concludes about the context itself: its length, its place, its start. */
export const CONTEXT_FINDINGS: readonly Finding[] = [
  {
    key: 'longer-contexts',
    sentence: 'Longer contexts are better on the average of the sets: sixteen vectors than four.',
    where: 'Further analysis, context length',
    needs: 'coop_m4_end and coop_m16_end on the same sets',
    ask: (results) => [
      atMostShots(results, (shots) => {
        const terms = [plus(COOP, shots), minus('coop_m4_end', shots)];
        return ask(results, { question: inShots(shots), terms });
      }),
    ],
  },
  {
    key: 'middle-position',
    sentence: 'With a long context it pays to put the class name in its middle.',
    where: 'Further analysis, context length',
    needs: 'coop_m16_end and coop_m16_mid on the same sets',
    ask: (results) => [
      atMostShots(results, (shots) => {
        const terms = [plus('coop_m16_mid', shots), minus(COOP, shots)];
        return ask(results, { question: inShots(shots), terms });
      }),
    ],
  },
  {
    key: 'initialisation',
    sentence: `A random start is as good as words (within ${100 * EQUAL_WITHIN} point).`,
    where: 'Further analysis, initialisation',
    needs: 'coop_m4_end and coop_m4_end_init on the same sets',
    ask: (results) => [
      atMostShots(results, (shots) => {
        const terms = [plus('coop_m4_end', shots), minus('coop_m4_end_init', shots)];
        return ask(results, { question: inShots(shots), terms, claim: 'equal' });
      }),
    ],
  },
];
