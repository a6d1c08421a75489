import type { NearestWords } from '../../config/index.ts';
import { DASH, plural, readableToken } from '../format.ts';
import { html, type SafeHtml } from '../html.ts';
import type { PlannedResult } from '../join.ts';
import { titleOf } from '../plan.ts';
import type { PageInput } from './input.ts';
import { perBackbone, type Section, section } from './section.ts';

/** Words shown for each context vector; the records hold more. */
const SHOWN = 3;

/** What the learned contexts are near to in the vocabulary, a small table a dataset. */
export function wordsSection(input: PageInput): Section | null {
  const { plan } = input;
  const parts = perBackbone(input, ({ runs }) => {
    if (runs === null) return null;
    const tables = plan.datasets.flatMap(({ key, title }) => {
      const run = runs.results.find(({ cell, record }) => {
        return cell.dataset.key === key && nearestWords(record) !== null;
      });
      const words = nearestWords(run?.record ?? null);
      if (run === undefined || words === null) return [];
      return [wordsTable(title, run.cell.seed, words)];
    });
    if (tables.length === 0) return null;
    const method = titleOf(plan.methods, runs.method);
    return html`<p class="section-note">${method}, ${plural(runs.shots, 'shot')}, the first seed that finished.</p>
<div class="words">${tables}</div>`;
  });
  const note = `The ${SHOWN} vocabulary words nearest to every learned context vector, with the Euclidean distance of the nearest; a hyphen marks pieces that begin a longer word. A context vector need not mean what its neighbours mean: read this as a hint.`;
  return parts === null ? null : section('words', 'What the prompts say', note, parts);
}

function nearestWords(record: PlannedResult['record']): readonly NearestWords[] | null {
  const words = record?.status === 'ok' ? record.result.details.nearestWords : undefined;
  return words === undefined || words.length === 0 ? null : words;
}

function wordsTable(title: string, seed: number | null, contexts: readonly NearestWords[]): SafeHtml {
  const distance = (value: number | undefined) => (value === undefined ? DASH : value.toFixed(3));
  return html`<table>
<caption>${title}${seed !== null && html` <small>seed ${seed}</small>`}</caption>
<colgroup><col><col><col><col></colgroup>
<thead class="unseen"><tr><th scope="col">Position</th><th scope="col">Nearest word</th><th scope="col">Distance</th><th scope="col">Next words</th></tr></thead>
<tbody>${contexts.map(({ position, words }) => {
    const [nearest] = words;
    const others = words.slice(1, SHOWN).map(({ word }) => readableToken(word));
    return html`
<tr><th scope="row" class="number">${position + 1}</th><td title="${words[0]?.word}"><b>${nearest === undefined ? DASH : readableToken(nearest.word)}</b></td><td class="number">${distance(words[0]?.distance)}</td><td title="${others.join(', ')}">${others.join(', ')}</td></tr>`;
  })}</tbody>
</table>`;
}
