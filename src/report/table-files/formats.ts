import { stringify } from 'csv-stringify/sync';
import { latexTable } from './latex.ts';
import { markdownTable } from './markdown.ts';
import type { TextTable } from './text-table.ts';

/** A table's values: percent with four decimals where the page rounds. */
function csvTable({ columns, rows, foot }: TextTable): string {
  const heads = columns.flatMap(({ copy }) => copy);
  return stringify([heads, ...[...rows, ...foot].map((row) => row.flatMap(({ copy }) => copy))]);
}

/** A table in every format of a file, by the file's ending. */
export function tableFiles(table: TextTable): Readonly<Record<'csv' | 'md' | 'tex', string>> {
  return { csv: csvTable(table), md: markdownTable(table), tex: latexTable(table) };
}
