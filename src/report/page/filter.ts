import { html, type SafeHtml } from '../html.ts';
import type { ReportPlan } from '../plan.ts';
import { AVERAGE } from '../rows.ts';
import { shownSets } from '../test-sets.ts';
import { methodName } from './section.ts';

/** Boxes that hide methods and sets in all of the page's figures and tables; shown where the page's script runs. */
export function filterBar(plan: ReportPlan): SafeHtml | null {
  const sets = shownSets(plan).filter(({ dataset, target }) => dataset !== AVERAGE && target !== AVERAGE);
  if (plan.methods.length < 2 && sets.length < 2) return null;
  const box = (kind: 'method' | 'set', key: string, label: SafeHtml) =>
    html`<label><input type="checkbox" checked data-hides="${kind}" value="${key}"> ${label}</label>`;
  const methods = html`<fieldset><legend>Methods</legend>${plan.methods.map(({ key }) => box('method', key, methodName(plan, key)))}</fieldset>`;
  const shown = html`<fieldset><legend>Sets</legend>${sets.map(({ key, title }) => box('set', key, html`${title}`))}</fieldset>`;
  return html`<details class="filter" id="filter" hidden><summary>Show some methods and sets only</summary>
<form>${plan.methods.length > 1 && methods}${sets.length > 1 && shown}<p><button type="reset">Show all</button> <span>Averages, differences and summaries stay those of all sets.</span></p></form></details>`;
}
