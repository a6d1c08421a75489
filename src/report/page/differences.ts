import type { Comparison } from '../compare.ts';
import { DASH, percent, plural, points } from '../format.ts';
import { headlineComparisons } from '../headline.ts';
import { html, type SafeHtml } from '../html.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { unitWord } from '../test-sets.ts';
import { dataTable } from './data-table.ts';
import { figure } from './figure.ts';
import type { BackbonePart, PageInput } from './input.ts';
import { methodName, perBackbone, type Section, section } from './section.ts';
import { setDifferences } from './set-differences.ts';

/** Gains by dataset, and the paired differences with their intervals at every shot count. */
export function differencesSection(input: PageInput): Section | null {
  const parts = perBackbone(input, (part) => differences(input.plan, part));
  const unit = unitWord(input.plan);
  const note = `Differences on the same draws. Over several ${unit}s the unit is the ${unit}: seeds are averaged first, the interval is over ${unit}s (paired, two-sided t, 95 %) and speaks about ${unit}s like these. On one ${unit} the interval is over its test pictures (bootstrap, 95 %) and speaks about more pictures of it, for the draws that were made. The numbers stand in differences.csv.`;
  return parts === null ? null : section('differences', 'Differences', note, parts);
}

function differences(plan: ReportPlan, { comparisons, figures, backbone }: BackbonePart): SafeHtml | null {
  const first = headlineComparisons(plan, comparisons)[0]?.comparison;
  if (first === undefined) return null;
  const unit = unitWord(plan);
  const subject = titleOf(plan.methods, first.subject.method);
  const over = titleOf(plan.methods, first.baseline.method);
  const all =
    figures.intervals !== undefined &&
    figure(
      figures.intervals,
      `${subject} minus every other method with 95 % intervals, ${backbone}; the numbers stand in the table below.`,
      `Right of the line ${subject} is ahead. An interval that crosses the line may be chance.`,
      { plan },
    );
  const gain =
    figures.gain !== undefined &&
    figure(
      figures.gain,
      `Points gained by ${subject} over ${over}, one bar a ${unit}, ${backbone}.`,
      `${subject} against ${over} on each ${unit}, largest gain first. Lines: 95 % intervals over test pictures.`,
    );
  const table = dataTable({
    name: 'differences',
    caption: `${subject} minus the other method, in percentage points`,
    columns: [
      { head: 'Against' },
      { head: 'Shots', numeric: true },
      { head: 'Difference', numeric: true },
      { head: '95 % interval', numeric: true, copy: ['Low', 'High'] },
      { head: 'Better on', numeric: true, copy: ['Better on', unit === 'target' ? 'Targets' : 'Datasets'] },
    ],
    rows: comparisons.map((comparison) => differenceRow(plan, comparison)),
  });
  return html`<div class="stack">${all}${gain}</div>${table}${setDifferences(plan, comparisons)}`;
}

function differenceRow(plan: ReportPlan, { subject, baseline, difference, interval, pairs }: Comparison) {
  const wins = pairs.filter((pair) => pair.difference > 0).length;
  return [
    { content: methodName(plan, baseline.method), method: baseline.method },
    { content: subject.shots },
    { content: html`<b>${points(difference)}</b>`, sort: difference, copy: [percent(difference, 4)] },
    interval === null
      ? { content: DASH, sort: null, copy: ['', ''] }
      : {
          content: `${points(interval.low)} to ${points(interval.high)}`,
          sort: interval.low,
          copy: [percent(interval.low, 4), percent(interval.high, 4)],
        },
    {
      content: `${wins} of ${plural(pairs.length, unitWord(plan) === 'target' ? 'target' : 'set')}`,
      sort: wins / pairs.length,
      copy: [wins, pairs.length],
    },
  ];
}
