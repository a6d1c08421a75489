import { DASH, percent, plural } from '../format.ts';
import { html, type SafeHtml } from '../html.ts';
import { methodKind, type ReportPlan, titleOf } from '../plan.ts';
import { AVERAGE, type SummaryRow } from '../rows.ts';
import { dataTable, type Field } from './data-table.ts';
import type { PageInput } from './input.ts';
import { methodName, perBackbone, type Section, section } from './section.ts';

/** A table for every shot count: datasets down, methods across, the best of a row in bold. */
export function resultsSection(input: PageInput): Section | null {
  const { plan, tables } = input;
  const parts = perBackbone(input, ({ backbone }) => {
    const mine = tables.summary.filter((row) => row.backbone === backbone && row.target === row.dataset);
    if (mine.length === 0) return null;
    // Without any shot count (a zero-shot plan) there is one table, of the methods that need none.
    const counts = plan.shots.length === 0 ? [0] : [...plan.shots].sort((a, b) => b - a);
    // Side by side while that is wide enough for the columns.
    return html`<div class="${plan.methods.length > 3 ? 'stack' : 'grid'}">${counts.map((shots) => resultsTable(plan, mine, shots))}</div>`;
  });
  const note =
    'Test accuracy in percent: mean over seeds ± standard deviation (divisor n), best of each row in bold. Heads sort; copies carry four decimals.';
  return parts === null ? null : section('results', 'Results', note, parts);
}

function resultsTable(plan: ReportPlan, summary: readonly SummaryRow[], shots: number): SafeHtml {
  const rowOf = (dataset: string, title: string) => {
    const entries = plan.methods.map(({ key: method }) => {
      const count = methodKind(plan, method) === 'zeroshot' ? 0 : shots;
      return summary.find((row) => {
        return row.dataset === dataset && row.method === method && row.shots === count;
      });
    });
    const best = Math.max(...entries.map((entry) => entry?.accuracy_mean ?? -1));
    return [{ content: title }, ...entries.map((entry) => accuracyField(plan, entry, best))];
  };
  const hasAverage = summary.some((row) => row.dataset === AVERAGE);
  return dataTable({
    caption: shots === 0 ? 'No shots' : plural(shots, 'shot'),
    columns: [
      { head: 'Dataset' },
      ...plan.methods.map(({ key, title }) => {
        return { head: methodName(plan, key), numeric: true, copy: [title, `${title} std`] };
      }),
    ],
    rows: plan.datasets.map(({ key, title }) => rowOf(key, title)),
    foot: hasAverage ? [rowOf(AVERAGE, 'Average')] : [],
  });
}

function accuracyField(plan: ReportPlan, row: SummaryRow | undefined, best: number): Field {
  if (row === undefined) return { content: DASH, sort: null, copy: ['', ''] };
  const isBest = row.accuracy_mean === best;
  const number = percent(row.accuracy_mean);
  const value = isBest ? html`<b>${number}</b>` : number;
  const random = methodKind(plan, row.method) !== 'zeroshot';
  const spread = row.seeds > 1 && html` <small>± ${percent(row.accuracy_std)}</small>`;
  const some =
    random &&
    row.seeds < plan.seeds.length &&
    html` <small class="part">${row.seeds} of ${plan.seeds.length} seeds</small>`;
  return {
    content: html`${value}${spread}${some}`,
    sort: row.accuracy_mean,
    copy: [percent(row.accuracy_mean, 4), random ? percent(row.accuracy_std, 4) : ''],
    ...(isBest ? { className: 'best' } : {}),
  };
}

/** Every mean of `summary.csv` in one long table. */
export function summaryTable({ plan, tables }: PageInput): SafeHtml {
  const title = (key: string) => (key === AVERAGE ? 'Average' : titleOf(plan.datasets, key));
  return dataTable({
    caption: 'Every mean, in the order of summary.csv',
    columns: [
      { head: 'Dataset' },
      { head: 'Backbone' },
      { head: 'Method' },
      { head: 'Shots', numeric: true },
      { head: 'Accuracy %', numeric: true },
      { head: 'Std', numeric: true },
      { head: 'Macro accuracy %', numeric: true },
      { head: 'Seeds', numeric: true },
    ],
    rows: tables.summary.map((row) => [
      { content: title(row.dataset) },
      { content: row.backbone },
      { content: methodName(plan, row.method) },
      { content: row.shots },
      { content: percent(row.accuracy_mean, 2), sort: row.accuracy_mean },
      { content: percent(row.accuracy_std, 2), sort: row.accuracy_std },
      { content: percent(row.macro_accuracy_mean, 2), sort: row.macro_accuracy_mean },
      { content: row.seeds },
    ]),
  });
}
