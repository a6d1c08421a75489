import { type HtmlValue, html, render, SafeHtml } from '../html.ts';
import { tableFiles } from '../table-files/formats.ts';
import { plainText, runsOf, type TextTable } from '../table-files/text-table.ts';

/** A column's head. */
export interface Column {
  readonly head: HtmlValue;
  /** Right-aligned, sorted by number, largest first. */
  readonly numeric?: boolean;
  /** Names of the columns this one becomes when the table is copied; its text otherwise. */
  readonly copy?: readonly string[];
  /** Key of the method it is about: the page's filter hides it. */
  readonly method?: string;
}

/** One field of a table. */
export interface Field {
  readonly content: HtmlValue;
  /** Sorting value; null sorts last; its text otherwise. */
  readonly sort?: number | string | null;
  /** Values when copied, as many as the column's `copy`; its text otherwise. */
  readonly copy?: readonly (string | number)[];
  readonly className?: string;
  /** In a row's first field: keys of what the row is about. */
  readonly method?: string;
  readonly set?: string;
}

/** A table that can be sorted by its heads, copied, and read from files. */
interface DataTable {
  /** Stem of its files in `tables`: letters, digits and hyphens; differs between the tables of a page. */
  readonly name: string;
  readonly caption: HtmlValue;
  readonly columns: readonly Column[];
  /** The first field of a row is its head. */
  readonly rows: readonly (readonly Field[])[];
  /** Rows that stay at the end whatever the order, e.g. an average. */
  readonly foot?: readonly (readonly Field[])[];
}

/** Longer tables are copied as CSV and TSV only, which the script makes; their files hold all formats. */
const MOST_ROWS_IN_PAGE = 60;

/** Renders a table; the page's script adds sorting and copying, without it the table still reads. */
export function dataTable(table: DataTable): SafeHtml {
  const { name, caption, columns, rows, foot = [] } = table;
  const text = textTable(table);
  const { md, tex } = tableFiles(text);
  const whole = rows.length <= MOST_ROWS_IN_PAGE;
  const label = plainText(text.caption);
  const button = (format: string, title: string) =>
    html`<button type="button" data-copy-as="${format}" aria-label="Copy ${title}: ${label}">${title}</button>`;
  const markup = html`<div class="table">
<div class="scroll" tabindex="0" role="group" aria-label="${label}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(columnHead)}</tr></thead>
<tbody>${rows.map((fields) => row(columns, fields))}</tbody>${
    foot.length > 0 &&
    html`
<tfoot>${foot.map((fields) => row(columns, fields))}</tfoot>`
  }
</table></div>
<div class="tools"><span class="copies">Copy ${button('csv', 'CSV')} ${button('tsv', 'TSV')}${
    whole && html` ${button('md', 'Markdown')} ${button('tex', 'LaTeX')}`
  }</span> <span class="files"><a href="tables/${name}.csv">CSV</a> <a href="tables/${name}.md">Markdown</a> <a href="tables/${name}.tex">LaTeX</a></span></div>${
    whole && html`<template data-format="md">${md}</template><template data-format="tex">${tex}</template>`
  }
</div>`;
  return new SafeHtml(markup.markup, [text]);
}

/**
 * The tables of some markup under names of their own, behind their backbone's.
 *
 * @param title Said in the captions of their files.
 */
export function prefixTables(content: SafeHtml, prefix: string, title: string): SafeHtml {
  // Text cannot hold a quote that is not escaped: these are our own attributes.
  const markup = content.markup.replaceAll('href="tables/', `href="tables/${prefix}-`);
  return new SafeHtml(
    markup,
    content.tables.map((table) => ({
      ...table,
      name: `${prefix}-${table.name}`,
      caption: [...table.caption, { text: `, ${title}`, bold: false }],
    })),
  );
}

function textTable({ name, caption, columns, rows, foot = [] }: DataTable): TextTable {
  const fields = (some: readonly (readonly Field[])[]) =>
    some.map((row) =>
      row.map(({ content, copy }) => {
        const runs = runsOf(render(content));
        return { runs, copy: copy?.map(String) ?? [plainText(runs)] };
      }),
    );
  return {
    name,
    caption: runsOf(render(caption)),
    columns: columns.map(({ head, numeric = false, copy }) => {
      const runs = runsOf(render(head));
      return { head: runs, numeric, copy: copy ?? [plainText(runs)] };
    }),
    rows: fields(rows),
    foot: fields(foot),
  };
}

function columnHead({ head, numeric, copy, method }: Column): SafeHtml {
  return html`<th scope="col" aria-sort="none"${numeric && html` class="number"`}${copyAttribute(copy)}${
    method !== undefined && html` data-method="${method}"`
  }><button type="button">${head}</button></th>`;
}

function row(columns: readonly Column[], fields: readonly Field[]): SafeHtml {
  const [first] = fields;
  const about = [
    first?.method !== undefined && html` data-method="${first.method}"`,
    first?.set !== undefined && html` data-set="${first.set}"`,
  ];
  return html`
<tr${about}>${fields.map((field, index) => tableField(field, index === 0, columns[index]?.numeric === true))}</tr>`;
}

function tableField({ content, sort, copy, className }: Field, head: boolean, numeric: boolean): SafeHtml {
  const classes = [numeric ? 'number' : '', className ?? ''].filter((name) => name !== '').join(' ');
  const attributes = [
    classes !== '' && html` class="${classes}"`,
    sort !== undefined && html` data-sort="${sort ?? ''}"`,
    copyAttribute(copy),
  ];
  return head ? html`<th scope="row"${attributes}>${content}</th>` : html`<td${attributes}>${content}</td>`;
}

function copyAttribute(copy: readonly (string | number)[] | undefined): HtmlValue {
  return copy !== undefined && html` data-copy="${JSON.stringify(copy)}"`;
}
