import { DASH, percent, plural, points, slug } from '../format.ts';
import { html, type SafeHtml } from '../html.ts';
import { methodLearns, type ReportPlan, type TitledKey } from '../plan.ts';
import { AVERAGE, type SummaryRow } from '../rows.ts';
import { sourcesOf, targetsOf } from '../test-sets.ts';
import { accuracyCopy, accuracyField } from './accuracy-field.ts';
import { type Column, dataTable, type Field } from './data-table.ts';
import type { PageInput } from './input.ts';
import { methodName, perBackbone, type Section, section } from './section.ts';
import { shotCounts } from './shot-counts.ts';

/** One source at one shot count, with the rows of the summary that it may read. */
interface ShiftTable {
  readonly plan: ReportPlan;
  readonly backbone: string;
  readonly source: TitledKey;
  readonly shots: number;
  readonly summary: readonly SummaryRow[];
}

/**
 * For every source and shot count: accuracy on the source, its targets and their mean, methods down; and how
 * far each target lies from the source.
 *
 * Mirrors: Zhou et al., IJCV 2022, arXiv 2109.01134, table 1. Adds the mean and the changes.
 */
export function shiftSection(input: PageInput): Section | null {
  const { plan, tables } = input;
  const parts = perBackbone(input, ({ backbone }) => {
    const mine = tables.summary.filter((row) => row.backbone === backbone);
    const parts = sourcesOf(plan).flatMap((source) => {
      const summary = mine.filter((row) => row.dataset === source.key);
      if (summary.length === 0) return [];
      return shotCounts(plan).map((shots) => shiftTables({ plan, backbone, source, shots, summary }));
    });
    return parts.length === 0 ? null : html`<div class="stack">${parts}</div>`;
  });
  const note =
    'Test accuracy in percent: mean over seeds ± standard deviation (divisor n), best of each column in bold; then the change from source to target in percentage points. A target is scored over the classes it has pictures of: where it lacks some, the change holds both the new style and the shorter list. A small loss from a low start is no merit: read both tables.';
  return parts === null ? null : section('results', 'Results', note, parts);
}

function shiftTables(table: ShiftTable): SafeHtml {
  const { plan, backbone, source, shots } = table;
  const targets = targetsOf(plan, source.key);
  const mean = targets.length < 2 ? [] : [{ key: AVERAGE, title: 'Mean over targets' }];
  const places = [...targets, ...mean];
  const at = shots === 0 ? 'no shots' : plural(shots, 'shot');
  const stem = `${slug(source.key)}-${shots}-shot`;
  return html`${dataTable({
    name: `shift-${stem}`,
    caption: `Learned on ${source.title}, ${at}: accuracy`,
    columns: [
      { head: 'Method' },
      ...accuracyColumns(table, [{ ...source, title: `${source.title} (source)` }, ...places]),
    ],
    rows: methodRows(table, [source, ...places], (row, best) => accuracyField(plan, backbone, row, best)),
  })}${dataTable({
    name: `shift-change-${stem}`,
    caption: `Learned on ${source.title}, ${at}: change from the source, in points`,
    columns: [{ head: 'Method' }, ...places.map(({ title }) => ({ head: title, numeric: true }))],
    rows: methodRows(table, places, (row) => changeField(table, row)),
  })}`;
}

function accuracyColumns({ plan, backbone }: ShiftTable, places: readonly TitledKey[]): readonly Column[] {
  return places.map(({ title }) => {
    return { head: title, numeric: true, copy: accuracyCopy(plan, backbone, title) };
  });
}

/** A row a method; every field knows the highest accuracy of its column. */
function methodRows(
  { plan, shots, summary }: ShiftTable,
  places: readonly TitledKey[],
  field: (row: SummaryRow | undefined, best: number) => Field,
): readonly (readonly Field[])[] {
  const rowOf = (method: string, target: string) => {
    const count = methodLearns(plan, method) ? shots : 0;
    return summary.find((row) => row.method === method && row.target === target && row.shots === count);
  };
  const best = places.map(({ key: target }) => {
    return Math.max(...plan.methods.map(({ key }) => rowOf(key, target)?.accuracy_mean ?? -1));
  });
  return plan.methods.map(({ key: method }) => {
    const fields = places.map(({ key: target }, index) => field(rowOf(method, target), best[index]!));
    return [{ content: methodName(plan, method), method }, ...fields];
  });
}

/** Accuracy on the target minus accuracy on the source's own test pictures, in points. */
function changeField({ source, summary }: ShiftTable, row: SummaryRow | undefined): Field {
  const own = summary.find((other) => {
    return other.target === source.key && other.method === row?.method && other.shots === row.shots;
  });
  if (row === undefined || own === undefined) return { content: DASH, sort: null, copy: [''] };
  const change = row.accuracy_mean - own.accuracy_mean;
  return { content: points(change), sort: change, copy: [percent(change, 4)] };
}
