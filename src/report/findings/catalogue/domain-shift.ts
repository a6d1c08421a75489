import { minus, plus } from '../contrast.ts';
import { ask } from '../decide.ts';
import type { Finding } from '../finding.ts';
import { atMostShots, COOP, inShots, PROBE } from './words.ts';

const WHERE = 'Domain generalisation, table 1';
const SHORT = 'coop_m4_end';

/** What the paper concludes from ImageNet's four variants. The unit is the target. */
export const SHIFT_FINDINGS: readonly Finding[] = [
  {
    key: 'keeps-its-gain',
    sentence: 'Under domain shift CoOp keeps more of its gain than the linear probe.',
    where: WHERE,
    needs: 'linear_probe and coop_m16_end, scored on their source and on targets',
    ask: (results) => [
      atMostShots(results, (shots) => {
        // Change of the gain from source to target; hand-made prompts, from which gains count, cancel out.
        const terms = [
          plus(COOP, shots),
          minus(COOP, shots, { onSource: true }),
          minus(PROBE, shots),
          plus(PROBE, shots, { onSource: true }),
        ];
        const question = `${inShots(shots)}, change from source to target`;
        return ask(results, { question, terms, on: 'targets' });
      }),
    ],
  },
  {
    key: 'short-contexts-sturdier',
    sentence: 'Under domain shift four context vectors do better than sixteen.',
    where: WHERE,
    needs: 'coop_m4_end and coop_m16_end, scored on targets',
    ask: (results) => [
      atMostShots(results, (shots) => {
        const terms = [plus(SHORT, shots), minus(COOP, shots)];
        return ask(results, { question: `${inShots(shots)}, on the targets`, terms, on: 'targets' });
      }),
    ],
  },
];
