import type { NearestWords } from '../../../config/index.ts';
import { percent, readableToken } from '../../format.ts';
import { mean, pairedInterval } from '../../statistics.ts';
import { verdictOf } from '../decide.ts';
import type { Evidence, Finding } from '../finding.ts';
import type { Results } from '../results.ts';
import { atMostShots, COOP, inShots } from './words.ts';

/** A token that is a word by itself: a piece that a word goes on from, a sign or a number is none. */
const WHOLE_WORD = /^(a|i|[a-z]{2,})<\/w>$/;

/** A sentence has a word in most places: below this share of places there is none to read. */
const SENTENCE_SHARE = 0.5;

/**
 * Whether learned contexts read as sentences. Measured: the share of places whose nearest token is a whole word. Surely
 * fewer than half is no sentence; whether more are one, a person must read, so this never answers that it does not hold.
 */
export const NEAREST_WORDS_FINDING: Finding = {
  key: 'words-not-readable',
  sentence: 'The words nearest to learned contexts do not read as a sentence.',
  where: 'Further analysis, interpreting the learned prompts',
  needs: 'coop_m16_end with its nearest words',
  ask: (results) => [atMostShots(results, (shots) => readable(results, shots))],
};

function readable(results: Results, shots: number): Evidence | null {
  const contexts = results.sets.flatMap((dataset) => {
    const words = firstWords(results, dataset, shots);
    return words === null ? [] : [{ dataset, words }];
  });
  const [first] = contexts;
  if (first === undefined) return null;
  const shares = contexts.map(({ words }) => mean(words.map(({ words }) => (isWord(words) ? 1 : 0))));
  const missing = shares.map((share) => SENTENCE_SHARE - share);
  const interval = pairedInterval(missing);
  const verdict = shares.length < 3 ? 'undecided' : verdictOf(interval);
  const distances = contexts.flatMap(({ words }) => words.map(({ words }) => words[0]!.distance));
  const text = first.words.map(({ words }) => readableToken(words[0]!.word)).join(' ');
  const read = verdict === 'holds' ? '' : ', for a person to read';
  return {
    question: `${inShots(shots)}, half of the places minus those with a whole word`,
    verdict: verdict === 'holds' ? 'holds' : 'undecided',
    difference: mean(missing),
    interval,
    n: shares.length,
    unit: 'datasets',
    remark: `a whole word is nearest in ${percent(mean(shares), 0)} % of the places, at a mean distance of ${mean(distances).toFixed(2)}; ${results.titleOf(first.dataset)}${read}: “${text}”`,
  };
}

const isWord = (words: NearestWords['words']): boolean => WHOLE_WORD.test(words[0]!.word);

/** Of the first seed that finished. */
function firstWords(
  { cells, backbone }: Results,
  dataset: string,
  shots: number,
): readonly NearestWords[] | null {
  for (const { cell, record } of cells) {
    if (cell.dataset.key !== dataset || cell.backbone.name !== backbone) continue;
    if (cell.method.key !== COOP || cell.shots !== shots || record?.status !== 'ok') continue;
    const words = record.result.details.nearestWords?.filter(({ words }) => words.length > 0);
    if (words !== undefined && words.length > 0) return words;
  }
  return null;
}
