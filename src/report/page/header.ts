import { integer, listing, plural } from '../format.ts';
import { type HtmlValue, html, type SafeHtml } from '../html.ts';
import { backbonesOf, type ReportPlan } from '../plan.ts';
import type { Problems } from '../problems.ts';
import { comparedSets, hasTargets, sourcesOf } from '../test-sets.ts';
import type { PageInput } from './input.ts';
import type { Section } from './section.ts';

/** Title, what was run in one line, warnings, and the way to the sections. */
export function pageHeader(input: PageInput, sections: readonly Section[]): SafeHtml {
  const { plan, results } = input;
  const done = results.filter(({ record }) => record?.status === 'ok').length;
  const introduction = plan.introduction !== undefined && html`<p class="lead">${plan.introduction}</p>`;
  const facts: readonly HtmlValue[] = [
    ...setFacts(plan),
    html`<strong>${plural(plan.methods.length, 'method')}</strong>`,
    plan.shots.length > 0 &&
      html`<strong>${plan.shots.join(', ')}</strong> ${plan.shots.join() === '1' ? 'shot' : 'shots'}`,
    plan.seeds.length > 0 && html`seeds <strong>${plan.seeds.join(', ')}</strong>`,
    html`backbone <strong>${listing(backbonesOf(plan))}</strong>`,
    html`<strong>${integer(done)}</strong> of ${integer(results.length)} cells`,
  ].filter((fact) => fact !== false);
  return html`<header>
<h1>${plan.title}</h1>
${introduction}
<ul class="facts">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>
${banner(input.problems, results.length, '#problems')}
${reloadNote(plan)}
<nav aria-label="Sections">${sections.map(sectionLink)}</nav>
</header>`;
}

/** Said while a run goes on; the page's script reads from it when to load the page again. */
export function reloadNote({ reloadSeconds }: Pick<ReportPlan, 'reloadSeconds'>): HtmlValue {
  return (
    reloadSeconds !== undefined &&
    html`<p class="banner" data-reload-seconds="${reloadSeconds}">The run goes on: this page loads itself again every ${plural(reloadSeconds, 'second')}.</p>`
  );
}

/** How many sets, and which part they play where there are targets. */
function setFacts(plan: ReportPlan): readonly HtmlValue[] {
  if (!hasTargets(plan)) return [html`<strong>${plural(plan.datasets.length, 'dataset')}</strong>`];
  const targets = new Set(comparedSets(plan).map(({ target }) => target));
  return [
    html`learned on <strong>${listing(sourcesOf(plan).map(({ title }) => title))}</strong>`,
    html`<strong>${plural(targets.size, 'target')}</strong>`,
  ];
}

/** An entry of the navigation; the headline is on the screen already. */
export function sectionLink({ id, title }: Section): HtmlValue {
  return id !== 'headline' && html`<a href="#${id}">${title}</a>`;
}

/**
 * What a reader must know before any number.
 *
 * @param cells Planned.
 * @param details Where the page says which cells are missing and why; null where other pages do.
 */
export function banner(problems: Problems, cells: number, details: string | null): HtmlValue {
  const { missing, failed, limit, mixedRevisions } = problems;
  const all = integer(cells);
  const where = (words: string) =>
    details === null ? 'the studies’ pages say which' : html`<a href="${details}">${words}</a>`;
  const lines: HtmlValue[] = [];
  if (limit !== null) {
    lines.push(
      html`<strong>Limited run: these numbers are not results.</strong> At most ${plural(limit, 'test picture')} of each set were scored.`,
    );
  }
  if (missing.length > 0) {
    lines.push(
      html`<strong>Incomplete:</strong> ${integer(missing.length)} of ${all} cells have no result yet. What exists is shown; ${where('what is missing')}. The command at the end of the page continues the run.`,
    );
  }
  if (failed.length > 0) {
    lines.push(
      html`<strong>${integer(failed.length)} of ${all} cells failed:</strong> ${where('which, and why')}.`,
    );
  }
  if (mixedRevisions.length > 0) {
    lines.push(
      html`<strong>Mixed revisions:</strong> the records come from ${mixedRevisions.length} versions of the program (${listing(mixedRevisions.map((revision) => revision.slice(0, 10)))}).`,
    );
  }
  return (
    lines.length > 0 &&
    html`<div class="banner" role="note">${lines.map((line) => html`<p>${line}</p>`)}</div>`
  );
}
