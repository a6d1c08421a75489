import { type HtmlValue, html, type SafeHtml } from '../html.ts';

/** A column's head. */
export interface Column {
  readonly head: HtmlValue;
  /** Right-aligned, sorted by number, largest first. */
  readonly numeric?: boolean;
  /** Names of the columns this one becomes when the table is copied; its text otherwise. */
  readonly copy?: readonly string[];
}

/** One field of a table. */
export interface Field {
  readonly content: HtmlValue;
  /** Sorting value; null sorts last; its text otherwise. */
  readonly sort?: number | string | null;
  /** Values when copied, as many as the column's `copy`; its text otherwise. */
  readonly copy?: readonly (string | number)[];
  readonly className?: string;
}

/** A table that can be sorted by its heads and copied. */
interface DataTable {
  readonly caption: HtmlValue;
  readonly columns: readonly Column[];
  /** The first field of a row is its head. */
  readonly rows: readonly (readonly Field[])[];
  /** Rows that stay at the end whatever the order, e.g. an average. */
  readonly foot?: readonly (readonly Field[])[];
}

/** Renders a table; the page's script adds sorting and copying, without it the table still reads. */
export function dataTable({ caption, columns, rows, foot = [] }: DataTable): SafeHtml {
  return html`<div class="table">
<div class="tools"><button type="button" data-copy-as="csv">Copy CSV</button><button type="button" data-copy-as="tsv">Copy TSV</button></div>
<div class="scroll"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(columnHead)}</tr></thead>
<tbody>${rows.map((fields) => row(columns, fields))}</tbody>${
    foot.length > 0 &&
    html`
<tfoot>${foot.map((fields) => row(columns, fields))}</tfoot>`
  }
</table></div>
</div>`;
}

function columnHead({ head, numeric, copy }: Column): SafeHtml {
  return html`<th scope="col" aria-sort="none"${numeric && html` class="number"`}${copyAttribute(copy)}><button type="button">${head}</button></th>`;
}

function row(columns: readonly Column[], fields: readonly Field[]): SafeHtml {
  return html`
<tr>${fields.map((field, index) => tableField(field, index === 0, columns[index]?.numeric === true))}</tr>`;
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
