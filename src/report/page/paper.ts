import { percent, plural, points } from '../format.ts';
import { type HtmlValue, html, type SafeHtml } from '../html.ts';
import { departures } from '../paper/departures.ts';
import { paperBackbone } from '../paper/lookup.ts';
import { comparesWithPaper, publishedFor } from '../paper/published.ts';
import { methodLearns, type ReportPlan } from '../plan.ts';
import { AVERAGE, type SummaryRow } from '../rows.ts';
import { mean } from '../statistics.ts';
import { dataTable } from './data-table.ts';
import { definitions } from './definitions.ts';
import type { PageInput } from './input.ts';
import { methodName, perBackbone, type Section, section } from './section.ts';
import { shotCounts } from './shot-counts.ts';

/** How far ours are from the published numbers, what was done differently, and where the numbers were read. */
export function paperSection(input: PageInput): Section | null {
  const { plan, tables } = input;
  const parts = perBackbone(input, ({ backbone }) => {
    if (!comparesWithPaper(plan, backbone)) return null;
    const mine = tables.summary.filter((row) => row.backbone === backbone);
    if (mine.length === 0) return null;
    return html`${gapTable(plan, mine)}${reproductionTable(plan, mine)}`;
  });
  if (parts === null) return null;
  const different = departures(plan);
  const words =
    different.length === 0
      ? html`<p>Seeds, views, epochs, learning rate, batch size and hand-made prompts are the paper’s.</p>`
      : html`<ul class="plain">${different.map((line) => html`<li>${line}</li>`)}</ul>`;
  const note =
    'Published accuracies stand under ours in the tables of results, with the gap: ours minus theirs, in points. A dash: not found in any source. †: the number was seen, which variant it belongs to was deduced, or others report it; point at it to read why. No number here decides anything: published means carry no deviation.';
  const content = html`${parts}<h3>What was done differently here</h3>${words}
<h3>Where published numbers were read</h3>${definitions(sources(plan, tables.summary))}`;
  return section('paper', 'Beside the paper', note, content);
}

/** Gaps by method and shots, over the single sets that have a published number. */
function gapTable(plan: ReportPlan, rows: readonly SummaryRow[]): SafeHtml {
  const lines = plan.methods.flatMap(({ key: method }) => {
    const counts = methodLearns(plan, method) ? shotCounts(plan) : [0];
    return counts.map((shots) => ({ method, shots, gaps: gapsOf(rows, method, shots) }));
  });
  return dataTable({
    name: 'paper-gaps',
    caption: 'Ours minus the paper’s, in points, over the sets with a published number',
    columns: [
      { head: 'Method' },
      { head: 'Shots', numeric: true },
      { head: 'Mean gap', numeric: true },
      { head: 'Smallest', numeric: true },
      { head: 'Largest', numeric: true },
      { head: 'Sets', numeric: true },
    ],
    rows: lines
      .filter(({ gaps }) => gaps.length > 0)
      .map(({ method, shots, gaps }) => [
        { content: methodName(plan, method), method },
        { content: shots },
        gapField(mean(gaps)),
        gapField(Math.min(...gaps)),
        gapField(Math.max(...gaps)),
        { content: gaps.length },
      ]),
  });
}

function gapsOf(rows: readonly SummaryRow[], method: string, shots: number): readonly number[] {
  return rows.flatMap((row) => {
    const mine = row.method === method && row.shots === shots && row.target !== AVERAGE;
    return mine && row.paper_accuracy !== null ? [row.accuracy_mean - row.paper_accuracy] : [];
  });
}

const gapField = (gap: number) => ({ content: points(gap), sort: gap, copy: [percent(gap, 4)] });

/** What users of the official code obtained, where this plan has the same cell. */
function reproductionTable(plan: ReportPlan, rows: readonly SummaryRow[]): SafeHtml | false {
  const found = rows.flatMap((row) => {
    return (publishedFor(plan, row)?.reproductions ?? []).map((users) => ({ row, users }));
  });
  if (found.length === 0) return false;
  return dataTable({
    name: 'paper-reproductions',
    caption: 'What others obtained with the official code',
    columns: [
      { head: 'What' },
      { head: 'They', numeric: true },
      { head: 'Paper', numeric: true },
      { head: 'Ours', numeric: true },
      { head: 'Read from' },
    ],
    rows: found.map(({ row, users }) => [
      { content: users.what, className: 'wrap' },
      { content: [users.obtained].flat().join(', ') },
      { content: users.paper },
      { content: percent(row.accuracy_mean, 2) },
      { content: users.source },
    ]),
  });
}

/** The sources of the numbers shown, by their ids. */
function sources(plan: ReportPlan, rows: readonly SummaryRow[]): (readonly [HtmlValue, HtmlValue])[] {
  const known = plan.paper?.sources ?? {};
  const ids = rows
    .filter(({ backbone }) => paperBackbone(backbone) !== null)
    .flatMap(({ paper_source: ids }) => ids?.split('+') ?? []);
  return [...new Set(ids)].sort().map((id) => {
    const count = ids.filter((other) => other === id).length;
    return [`${id}, ${plural(count, 'number')}`, known[id]?.where ?? ''];
  });
}
