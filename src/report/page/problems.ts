import { integer, plural } from '../format.ts';
import { html, type SafeHtml } from '../html.ts';
import type { PlannedResult } from '../join.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import type { FailedCell } from '../problems.ts';
import type { PageInput } from './input.ts';
import { type Section, section } from './section.ts';

/** Failed cells with their messages, missing cells counted by dataset and method. */
export function problemsSection({ plan, problems }: PageInput): Section | null {
  const { failed, missing } = problems;
  if (failed.length + missing.length === 0) return null;
  const failures =
    failed.length > 0 &&
    html`<h3>Failed</h3>
<ul class="errors">${failed.map((cell) => failedItem(plan, cell))}</ul>`;
  const absent =
    missing.length > 0 &&
    html`<h3>Missing</h3>
<ul class="plain many">${missingGroups(plan, missing).map((line) => html`<li>${line}</li>`)}</ul>`;
  const title = failed.length > 0 ? 'Failed and missing cells' : 'Missing cells';
  const note =
    'A cell is one dataset, backbone, method, shot count and seed. The next run computes these again, and only these.';
  return section('problems', title, note, html`${failures}${absent}`);
}

function failedItem(plan: ReportPlan, { planned, error }: FailedCell): SafeHtml {
  return html`
<li><strong>${cellName(plan, planned)}</strong> <code>${error.code}</code><pre>${error.message}</pre></li>`;
}

function cellName(plan: ReportPlan, { cell }: PlannedResult): string {
  const parts = [titleOf(plan.datasets, cell.dataset.key), titleOf(plan.methods, cell.method.key)];
  if (cell.shots > 0) parts.push(plural(cell.shots, 'shot'));
  if (cell.seed !== null) parts.push(`seed ${cell.seed}`);
  return [...parts, cell.backbone.name].join(' · ');
}

function missingGroups(plan: ReportPlan, missing: readonly PlannedResult[]): readonly string[] {
  const counts = new Map<string, { count: number; shots: Set<number> }>();
  for (const { cell } of missing) {
    const name = [
      titleOf(plan.datasets, cell.dataset.key),
      titleOf(plan.methods, cell.method.key),
      cell.backbone.name,
    ];
    const group = counts.get(name.join(' · ')) ?? { count: 0, shots: new Set() };
    group.count++;
    if (cell.shots > 0) group.shots.add(cell.shots);
    counts.set(name.join(' · '), group);
  }
  return [...counts].map(([name, { count, shots }]) => {
    const at = shots.size === 0 ? '' : ` (${[...shots].join(', ')} shots)`;
    return `${name}: ${integer(count)}${at}`;
  });
}
