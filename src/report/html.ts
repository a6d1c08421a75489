import type { TextTable } from './table-files/text-table.ts';

/** Markup that is safe to put into a page as it is. Made by `html` and `trusted` only. */
export class SafeHtml {
  readonly markup: string;
  /** Tables within, which are files of their own too. */
  readonly tables: readonly TextTable[];

  constructor(markup: string, tables: readonly TextTable[] = []) {
    this.markup = markup;
    this.tables = tables;
  }
}

/** What a template takes: text is escaped, markup and lists of either are kept, the rest is nothing. */
export type HtmlValue = SafeHtml | string | number | null | undefined | false | readonly HtmlValue[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Replaces the five characters that mean something in element content or in a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/**
 * Template tag: html`<td title="${name}">${name}</td>` with every value escaped unless it is markup already.
 * Values may stand in element content and in quoted attributes; nowhere else (not in script, style, tag or
 * attribute names).
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml {
  let markup = strings[0]!;
  for (let i = 0; i < values.length; i++) markup += render(values[i]) + strings[i + 1]!;
  return new SafeHtml(markup, values.flatMap(tablesIn));
}

/** Marks text as markup: for our own constants and for SVG that a library has escaped. */
export function trusted(markup: string): SafeHtml {
  return new SafeHtml(markup);
}

/** The markup of a value, escaped unless it is markup already. */
export function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof SafeHtml) return value.markup;
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return value.map(render).join('');
}

function tablesIn(value: HtmlValue): readonly TextTable[] {
  if (value instanceof SafeHtml) return value.tables;
  return Array.isArray(value) ? value.flatMap(tablesIn) : [];
}
