import { CONTEXT_FINDINGS } from './catalogue/context.ts';
import { SHIFT_FINDINGS } from './catalogue/domain-shift.ts';
import { FEW_SHOT_FINDINGS } from './catalogue/few-shot.ts';
import { NEAREST_WORDS_FINDING } from './catalogue/nearest-words.ts';
import { METHOD_FINDINGS } from './catalogue/other-methods.ts';
import type { Answer, BackboneAnswers, Evidence, Finding, Verdict } from './finding.ts';
import { type Gathered, gatherResults, type Results } from './results.ts';

/** What the paper concluded, in its order. */
export const FINDINGS: readonly Finding[] = [
  ...FEW_SHOT_FINDINGS,
  ...SHIFT_FINDINGS,
  ...CONTEXT_FINDINGS,
  ...METHOD_FINDINGS,
  NEAREST_WORDS_FINDING,
];

/** What the records of one backbone say of every finding. */
export function answerFindings(results: Results): readonly Answer[] {
  return FINDINGS.map((finding) => {
    const evidence = finding.ask(results).filter((found) => found !== null);
    return { finding, verdict: together(evidence), evidence };
  });
}

/** The answers of every backbone. */
export function answerAll(gathered: Gathered): readonly BackboneAnswers[] {
  return gatherResults(gathered).map((results) => {
    return { backbone: results.backbone, answers: answerFindings(results) };
  });
}

/** All tests must hold; one that does not decides against the claim; null where none could be asked. */
function together(evidence: readonly Evidence[]): Verdict | null {
  if (evidence.length === 0) return null;
  if (evidence.some(({ verdict }) => verdict === 'does not hold')) return 'does not hold';
  return evidence.every(({ verdict }) => verdict === 'holds') ? 'holds' : 'undecided';
}
