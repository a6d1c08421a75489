import type { MethodCost, ReportCost, RunCost } from '../cost.ts';
import { DASH, duration, integer, percent, plural } from '../format.ts';
import { html } from '../html.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { dataTable, type Field } from './data-table.ts';
import { methodName, type Section, section } from './section.ts';

/** Times and counted operations, and what of the run's time went elsewhere; null without a finished cell. */
export function costSection(plan: Pick<ReportPlan, 'methods'>, cost: ReportCost): Section | null {
  if (cost.cells === 0) return null;
  const row = (name: Field, of: Omit<MethodCost, 'method'>): readonly Field[] => [
    name,
    { content: integer(of.cells), sort: of.cells, copy: [of.cells] },
    { content: duration(of.ownMs), sort: of.ownMs, copy: [of.ownMs / 1000] },
    { content: duration(of.ownMs / of.cells), sort: of.ownMs / of.cells, copy: [of.ownMs / of.cells / 1000] },
    { content: amount(of.gflop), sort: of.gflop, copy: [of.gflop] },
    rateField(of),
  ];
  const table = dataTable({
    name: 'cost',
    caption: 'Cells by method',
    columns: [
      { head: 'Method' },
      { head: 'Cells', numeric: true },
      { head: 'Own time', numeric: true, copy: ['Own time, s'] },
      { head: 'A cell', numeric: true, copy: ['A cell, s'] },
      { head: 'Gflop', numeric: true },
      { head: 'Gflop/s', numeric: true },
    ],
    rows: cost.methods.map((of) =>
      row({ content: methodName(plan, of.method), copy: [titleOf(plan.methods, of.method)] }, of),
    ),
    foot: [row({ content: 'All' }, cost)],
  });
  const note =
    'A cell’s own time is its draw, fit and scores; cells that are fitted in one graph share its time. Operations are counted for the fits: products of matrices, forward and gradient. The rate is these over the own times, on whatever machines the records come from (timings.csv). This section is the only one that differs between two runs with the same results.';
  return section('cost', 'Cost', note, html`<p>${runWords(cost.run)}</p>${table}`);
}

function rateField({ gflop, ownMs }: Omit<MethodCost, 'method'>): Field {
  if (ownMs === 0) return { content: DASH, sort: null, copy: [''] };
  const rate = (1000 * gflop) / ownMs;
  return { content: amount(rate), sort: rate, copy: [rate] };
}

function runWords(run: RunCost | null): string {
  if (run === null) {
    return 'How long a run took besides its cells is not in the records: the command that computes says it on the page it ends with; of several studies, on the page over them.';
  }
  const { elapsedMs, workers, threads, computed, shareOutside } = run;
  const took = `The run took ${duration(elapsedMs)} with ${plural(workers, 'worker')} of ${plural(threads, 'thread')}`;
  if (shareOutside === null) return `${took} and computed no cell: all records were there.`;
  const outside = percent(Math.max(0, shareOutside), 0);
  return `${took}. The ${plural(computed.cells, 'cell')} that it computed took ${duration(computed.ownMs)} themselves; the other ${outside} % of the workers’ time went outside of cells: encoding pictures, reading the model, starting, waiting.`;
}

/** Two or three digits: 0.034, 12, 1,234. */
function amount(value: number): string {
  if (value >= 100) return integer(Math.round(value));
  return value >= 10 ? value.toFixed(1) : String(Number(value.toPrecision(2)));
}
