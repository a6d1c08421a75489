import type { Comparison, SetPair } from '../compare.ts';
import { DASH, integer, percent, plural, points } from '../format.ts';
import { html, type SafeHtml } from '../html.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { comparedSets, unitWord } from '../test-sets.ts';
import { dataTable, type Field } from './data-table.ts';
import { methodName } from './section.ts';

/**
 * What the subject has more than each other method on every single set, with an interval over that set's test
 * pictures: a table a shot count, the most shots open.
 *
 * @param comparisons Of one subject, most shots first.
 */
export function setDifferences(plan: ReportPlan, comparisons: readonly Comparison[]): SafeHtml {
  const counts = [...new Set(comparisons.map(({ subject }) => subject.shots))];
  const tables = counts.map((shots) => {
    return differenceTable(
      plan,
      comparisons.filter(({ subject }) => subject.shots === shots),
      shots,
    );
  });
  const [first, ...rest] = tables;
  const others = rest.length > 0 && html`<details><summary>At other shot counts</summary>${rest}</details>`;
  return html`${first}${others}`;
}

function differenceTable(plan: ReportPlan, comparisons: readonly Comparison[], shots: number): SafeHtml {
  const subject = titleOf(plan.methods, comparisons[0]!.subject.method);
  return dataTable({
    name: `set-differences-${shots}-shot`,
    caption: `${subject} minus the other method on each ${unitWord(plan)}, ${plural(shots, 'shot')}, in points`,
    columns: [
      { head: unitWord(plan) === 'target' ? 'Target' : 'Dataset' },
      { head: 'Pictures', numeric: true },
      ...comparisons.map(({ baseline }) => {
        const title = titleOf(plan.methods, baseline.method);
        const copy = [`over ${title}`, `over ${title} low`, `over ${title} high`];
        return {
          head: html`over ${methodName(plan, baseline.method)}`,
          numeric: true,
          method: baseline.method,
          copy,
        };
      }),
    ],
    rows: comparedSets(plan).flatMap((set) => {
      const pairs = comparisons.map(({ pairs }) => pairs.find((pair) => pair.set.key === set.key));
      const pictures = pairs.find((pair) => pair !== undefined)?.pictures;
      if (pairs.every((pair) => pair === undefined)) return [];
      return [[{ content: set.title, set: set.key }, countField(pictures ?? null), ...pairs.map(pairField)]];
    }),
  });
}

function countField(count: number | null): Field {
  if (count === null) return { content: DASH, sort: null, copy: [''] };
  return { content: integer(count), sort: count, copy: [count] };
}

function pairField(pair: SetPair | undefined): Field {
  if (pair === undefined) return { content: DASH, sort: null, copy: ['', '', ''] };
  const { difference, interval } = pair;
  const number = points(difference);
  // Bold where all of the interval is on one side of zero.
  const clear = interval !== null && (interval.low > 0 || interval.high < 0);
  const range =
    interval !== null &&
    html` <small class="keep">${points(interval.low)} to ${points(interval.high)}</small>`;
  return {
    content: html`${clear ? html`<b>${number}</b>` : number}${range}`,
    sort: difference,
    copy: [
      percent(difference, 4),
      interval === null ? '' : percent(interval.low, 4),
      interval === null ? '' : percent(interval.high, 4),
    ],
  };
}
