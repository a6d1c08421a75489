import { EQUAL_WITHIN } from '../findings/decide.ts';
import type { Answer, BackboneAnswers, Evidence, Verdict } from '../findings/finding.ts';
import { integer, points, slug } from '../format.ts';
import { html, type SafeHtml } from '../html.ts';
import { dataTable } from './data-table.ts';
import { type Section, section } from './section.ts';

/** Colours of the palette of methods; the word says the same. */
const COLOURS: Readonly<Record<Verdict, string>> = {
  holds: '#009e73',
  'does not hold': '#d55e00',
  undecided: '#9aa5b1',
};

/**
 * What the paper concluded, and whether these records bear it out; null where they are enough for none of it.
 *
 * @param limited Whether only some test pictures were scored.
 */
export function findingsSection(parts: readonly BackboneAnswers[], limited: boolean): Section | null {
  const asked = parts.filter(({ answers }) => answers.some(({ verdict }) => verdict !== null));
  if (asked.length === 0) return null;
  const shown = asked.map(({ backbone, answers }) => {
    const head = parts.length > 1 && html`<h3>${backbone}</h3>`;
    return html`${head}${answersTable(answers, parts.length > 1 ? `findings-${slug(backbone)}` : 'findings')}`;
  });
  const rest = notAsked(parts);
  const warning = limited ? ' In a limited run nothing here counts.' : '';
  const note = `Each conclusion is a claim with a paired test: it holds where the two-sided 95 % interval lies wholly on the claimed side, does not hold where it lies wholly on the other, and is undecided otherwise. The unit is the dataset (on a shift the target), seeds averaged; fewer than three are undecided. Where there is one dataset alone the interval is over its test pictures (bootstrap), and decides only what the paper claims of ImageNet alone. “Equal” is within ${100 * EQUAL_WITHIN} point. A claim with several tests holds where all do. Of many claims one in twenty is decided by chance.${warning}`;
  const content = html`${shown}${
    rest.length > 0 &&
    html`<details><summary>Not asked: ${integer(rest.length)} for want of records</summary><ul class="plain">${rest.map(
      ({ sentence, needs }) => html`<li>${sentence} <small>Needs ${needs}.</small></li>`,
    )}</ul></details>`
  }`;
  return section('findings', 'What the paper concluded, and what these records say', note, content);
}

function answersTable(answers: readonly Answer[], name: string): SafeHtml {
  const asked = answers.filter(({ verdict }) => verdict !== null);
  return dataTable({
    name,
    caption: 'Conclusions of the paper, differences in points',
    columns: [{ head: 'The paper' }, { head: 'These records' }, { head: 'Tests' }],
    rows: asked.map(({ finding, verdict, evidence }) => [
      {
        content: html`${finding.sentence} <small>${finding.where}</small>`,
        className: 'wrap',
        copy: [finding.sentence],
      },
      {
        content: html`<span class="keep"><span class="chip" style="--colour: ${COLOURS[verdict!]}"></span><b>${verdict}</b></span>`,
        copy: [verdict!],
      },
      {
        content: evidence.map((found) => evidenceLine(found, evidence.length > 1)),
        className: 'wrap',
        copy: [evidence.map(evidenceText).join('; ')],
      },
    ]),
  });
}

function evidenceLine(evidence: Evidence, several: boolean): SafeHtml {
  const { question, difference, verdict, remark } = evidence;
  return html`<div>${question}: <b>${points(difference)}</b> ${intervalText(evidence)}${
    several && html`, ${verdict}`
  }${remark !== undefined && html` <small class="part">${remark}</small>`}</div>`;
}

const evidenceText = (evidence: Evidence): string =>
  `${evidence.question}: ${points(evidence.difference)} ${intervalText(evidence)}, ${evidence.verdict}${evidence.remark === undefined ? '' : `, ${evidence.remark}`}`;

function intervalText({ interval, n, unit }: Evidence): string {
  const word = n === 1 ? unit.slice(0, -1) : unit;
  const count = `${integer(n)} ${word}`;
  if (interval === null) return `(${count})`;
  return `(${points(interval.low)} to ${points(interval.high)}, ${count})`;
}

/** Findings that no backbone has records for. */
function notAsked(parts: readonly BackboneAnswers[]): readonly Answer['finding'][] {
  const [first] = parts;
  if (first === undefined) return [];
  return first.answers.flatMap(({ finding }, i) => {
    return parts.every(({ answers }) => answers[i]?.verdict === null) ? [finding] : [];
  });
}
