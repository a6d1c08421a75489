import { DASH, integer } from '../format.ts';
import { html } from '../html.ts';
import type { ReportPlan } from '../plan.ts';
import type { CellRow } from '../rows.ts';
import { hasTargets } from '../test-sets.ts';
import { dataTable, type Field } from './data-table.ts';
import type { PageInput } from './input.ts';
import { type Section, section } from './section.ts';

/** Classes, test pictures, and the labelled pictures really drawn at every shot count. */
export function picturesSection({ plan, tables }: PageInput): Section | null {
  const done = tables.cells.filter((row) => row.status === 'ok');
  if (done.length === 0) return null;
  const table = dataTable({
    name: 'pictures',
    caption: 'Labelled training pictures drawn, all classes together',
    columns: [
      { head: 'Dataset' },
      { head: 'Classes', numeric: true },
      { head: 'Test pictures', numeric: true },
      ...plan.shots.map((shots) => ({ head: `${shots}-shot`, numeric: true })),
      { head: 'Split and classes' },
    ],
    rows: plan.datasets.map(({ key, title }) => {
      const mine = done.filter((row) => row.dataset === key && row.target === key);
      const scored = done.filter((row) => row.target === key);
      return [
        { content: title, set: key },
        count(mine, (row) => row.classes),
        count(scored, (row) => row.count),
        ...plan.shots.map((shots) => trainField(mine, shots)),
        { content: html`<code>${fingerprintOf(plan, key)?.slice(0, 12) ?? DASH}</code>` },
      ];
    }),
  });
  const targets = hasTargets(plan) ? 'Targets are scored only. ' : '';
  const note = `${targets}A class with fewer pictures than shots gives all it has: * marks counts below classes × shots. Validation pictures (at most 4 a class) stand in cells.csv. The last column starts the SHA-256 of split and class list: equal values, same task.`;
  return section('pictures', 'Pictures used', note, table);
}

/** Of the set as a source or as a target, whichever the plan has first. */
function fingerprintOf(plan: ReportPlan, key: string): string | undefined {
  const identities = plan.cells.flatMap(({ cell }) => [cell.dataset, ...cell.targets]);
  return identities.find((identity) => identity.key === key)?.fingerprint;
}

function trainField(rows: readonly CellRow[], shots: number): Field {
  const mine = rows.filter((row) => row.shots === shots);
  const field = count(mine, (row) => row.train_pictures);
  const short = mine.some((row) => (row.train_pictures ?? 0) < (row.classes ?? 0) * shots);
  return short ? { ...field, content: html`${field.content}<small>*</small>` } : field;
}

/** One number, or the range where runs differ. */
function count(rows: readonly CellRow[], read: (row: CellRow) => number | null): Field {
  const values = rows.map(read).filter((value) => value !== null);
  if (values.length === 0) return { content: DASH, sort: null, copy: [''] };
  const low = Math.min(...values);
  const high = Math.max(...values);
  const content = low === high ? integer(low) : `${integer(low)}–${integer(high)}`;
  return { content, sort: high, copy: [low === high ? high : `${low}-${high}`] };
}
