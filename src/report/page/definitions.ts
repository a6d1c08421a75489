import { type HtmlValue, html, type SafeHtml } from '../html.ts';

/** A list of terms and their values, a line each. */
export function definitions(entries: readonly (readonly [HtmlValue, HtmlValue])[]): SafeHtml {
  return html`<dl>${entries.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}
