import { stringify } from 'csv-stringify/sync';
import { CELL_COLUMNS, SUMMARY_COLUMNS, TIMING_COLUMNS } from './rows.ts';
import type { ReportTables } from './tables.ts';

type Row<C extends string> = Readonly<Record<C, string | number | null>>;

/**
 * Comma-separated text with a header line: `\n` line ends, quotes where RFC 4180 needs them, null as an
 * empty field, numbers with the digits that give the same double back.
 *
 * @param columns Order of the fields; fields of a row that are not listed are left out.
 */
export function toCsv<C extends string>(columns: readonly C[], rows: readonly Row<C>[]): string {
  return stringify([...rows], { header: true, columns: [...columns], cast: { number: String } });
}

/** The report's CSV files: name to text. */
export function csvFiles(tables: ReportTables): Readonly<Record<string, string>> {
  return {
    'cells.csv': toCsv(CELL_COLUMNS, tables.cells),
    'summary.csv': toCsv(SUMMARY_COLUMNS, tables.summary),
    'timings.csv': toCsv(TIMING_COLUMNS, tables.timings),
  };
}
