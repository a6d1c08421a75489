import { DASH, percent, plural, points } from '../format.ts';
import { html, type SafeHtml } from '../html.ts';
import { comparesWithPaper } from '../paper/published.ts';
import { backbonesOf, methodLearns, type ReportPlan, titleOf } from '../plan.ts';
import { AVERAGE, type SummaryRow } from '../rows.ts';
import { hasTargets, scoredOn } from '../test-sets.ts';
import { accuracyCopy, accuracyField } from './accuracy-field.ts';
import { dataTable, type Field } from './data-table.ts';
import type { PageInput } from './input.ts';
import { methodName, perBackbone, type Section, section } from './section.ts';
import { shiftSection } from './shift-tables.ts';
import { shotCounts } from './shot-counts.ts';

/** A table for every shot count, the most shots first, with the best of what is compared in bold. */
export function resultsSection(input: PageInput): Section | null {
  return hasTargets(input.plan) ? shiftSection(input) : datasetsSection(input);
}

/** Datasets down, methods across. */
function datasetsSection(input: PageInput): Section | null {
  const { plan, tables } = input;
  const parts = perBackbone(input, ({ backbone }) => {
    const mine = tables.summary.filter((row) => row.backbone === backbone && row.target === row.dataset);
    if (mine.length === 0) return null;
    // Side by side while that is wide enough for the columns.
    return html`<div class="${plan.methods.length > 3 ? 'stack' : 'grid'}">${shotCounts(plan).map((shots) => resultsTable(plan, backbone, mine, shots))}</div>`;
  });
  const note =
    'Test accuracy in percent: mean over seeds ± standard deviation (divisor n), best of each row in bold. Heads sort; copies carry four decimals.';
  return parts === null ? null : section('results', 'Results', note, parts);
}

function resultsTable(
  plan: ReportPlan,
  backbone: string,
  summary: readonly SummaryRow[],
  shots: number,
): SafeHtml {
  const rowOf = (dataset: string, title: string) => {
    const entries = plan.methods.map(({ key: method }) => {
      const count = methodLearns(plan, method) ? shots : 0;
      return summary.find((row) => {
        return row.dataset === dataset && row.method === method && row.shots === count;
      });
    });
    const best = Math.max(...entries.map((entry) => entry?.accuracy_mean ?? -1));
    return [
      { content: title, set: dataset },
      ...entries.map((entry) => accuracyField(plan, backbone, entry, best)),
    ];
  };
  const hasAverage = summary.some((row) => row.dataset === AVERAGE);
  return dataTable({
    name: `results-${shots}-shot`,
    caption: `${shots === 0 ? 'No shots' : plural(shots, 'shot')}: accuracy in percent`,
    columns: [
      { head: 'Dataset' },
      ...plan.methods.map(({ key, title }) => {
        return {
          head: methodName(plan, key),
          numeric: true,
          method: key,
          copy: accuracyCopy(plan, backbone, title),
        };
      }),
    ],
    rows: plan.datasets.map(({ key, title }) => rowOf(key, title)),
    foot: hasAverage ? [rowOf(AVERAGE, 'Average')] : [],
  });
}

/** Every mean of `summary.csv` in one long table. */
export function summaryTable({ plan, tables }: PageInput): SafeHtml {
  const shift = hasTargets(plan);
  const paper = backbonesOf(plan).some((backbone) => comparesWithPaper(plan, backbone));
  const source = (key: string) => (key === AVERAGE ? 'Average' : titleOf(plan.datasets, key));
  return dataTable({
    name: 'means',
    caption: 'Every mean, in the order of summary.csv',
    columns: [
      ...(shift ? [{ head: 'Learned on' }, { head: 'Scored on' }] : [{ head: 'Dataset' }]),
      { head: 'Backbone' },
      { head: 'Method' },
      { head: 'Shots', numeric: true },
      { head: 'Accuracy %', numeric: true },
      { head: 'Std', numeric: true },
      { head: 'Macro accuracy %', numeric: true },
      { head: 'Seeds', numeric: true },
      ...(paper
        ? [
            { head: 'Paper %', numeric: true },
            { head: 'Gap', numeric: true },
          ]
        : []),
    ],
    rows: tables.summary.map((row) => [
      { content: source(row.dataset), method: row.method, set: row.target },
      ...(shift ? [{ content: scoredOn(plan, row.dataset, row.target) }] : []),
      { content: row.backbone },
      { content: methodName(plan, row.method) },
      { content: row.shots },
      { content: percent(row.accuracy_mean, 2), sort: row.accuracy_mean },
      { content: percent(row.accuracy_std, 2), sort: row.accuracy_std },
      { content: percent(row.macro_accuracy_mean, 2), sort: row.macro_accuracy_mean },
      { content: row.seeds },
      ...(paper ? paperFields(row) : []),
    ]),
  });
}

function paperFields({
  accuracy_mean: ours,
  paper_accuracy: published,
  paper_doubt: doubt,
}: SummaryRow): Field[] {
  if (published === null) return [DASH, DASH].map((content) => ({ content, sort: null, copy: [''] }));
  const gap = ours - published;
  return [
    {
      content: `${percent(published, 2)}${doubt === null ? '' : '†'}`,
      sort: published,
      copy: [percent(published, 4)],
    },
    { content: points(gap, 2), sort: gap, copy: [percent(gap, 4)] },
  ];
}
