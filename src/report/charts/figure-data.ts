import type { TopLevelSpec } from 'vega-lite';
import { toCsv } from '../csv.ts';

type Value = string | number | null;
type Row = Readonly<Record<string, Value>>;

/** A specification that reads its rows from a file, and that file. */
export interface SeparatedFigure {
  readonly spec: TopLevelSpec;
  /** One row a plotted value; `part` tells apart what the layers and panels of the figure read. */
  readonly csv: string;
}

/**
 * Takes the rows out of a specification, into one CSV file that it then reads: every layer or panel with rows of its
 * own filters by the column `part`. Rows that hold nothing (of marks with constant places) stay where they are.
 *
 * @param file The CSV's address as seen from the specification.
 * @throws {Error} A column holds numbers in one part and words in another (our own bug: a reader could not tell).
 */
export function separateData(spec: TopLevelSpec, file: string): SeparatedFigure {
  const parts = new Map<string, readonly Row[]>();
  collectRows(spec, parts);
  const numbers = new Map([...parts.keys()].map((text, index) => [text, index + 1]));
  const rows = [...parts].flatMap(([text, values]) =>
    values.map((row): Row => ({ part: numbers.get(text)!, ...row })),
  );
  const types = columnTypes(rows);
  const format = { type: 'csv', parse: Object.fromEntries(types) };
  const read = (text: string) => ({ data: { url: file, format }, part: numbers.get(text)! });
  return { spec: withFiles(spec, read) as TopLevelSpec, csv: toCsv([...types.keys()], filled(rows, types)) };
}

/** The rows of an inline data source with anything in them; null for all else. */
function inlineRows(value: unknown): readonly Row[] | null {
  if (typeof value !== 'object' || value === null || !('values' in value)) return null;
  const rows = value.values as readonly Row[];
  return rows.some((row) => Object.keys(row).length > 0) ? rows : null;
}

function collectRows(value: unknown, parts: Map<string, readonly Row[]>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const rows = name === 'data' ? inlineRows(inner) : null;
    if (rows === null) collectRows(inner, parts);
    else parts.set(JSON.stringify(rows), rows);
  }
}

function withFiles(
  value: unknown,
  read: (rows: string) => { readonly data: unknown; readonly part: number },
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => withFiles(inner, read));
  const rows = 'data' in value ? inlineRows(value.data) : null;
  if (rows === null) return mapValues(value, (inner) => withFiles(inner, read));
  const { data, part } = read(JSON.stringify(rows));
  const {
    data: _,
    transform = [],
    ...rest
  } = value as { readonly transform?: readonly unknown[] } & Record<string, unknown>;
  const inner = mapValues(rest, (entry) => withFiles(entry, read)) as object;
  return { data, transform: [{ filter: `datum.part === ${part}` }, ...transform], ...inner };
}

function mapValues(value: object, change: (inner: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
}

function columnTypes(rows: readonly Row[]): ReadonlyMap<string, 'string' | 'number'> {
  const types = new Map<string, 'string' | 'number'>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (value === null) continue;
      const type = typeof value === 'number' ? 'number' : 'string';
      const other = types.get(name);
      if (other !== undefined && other !== type)
        throw new Error(`internal: column ${name} of a figure is a ${other} and a ${type}`);
      types.set(name, type);
    }
  }
  return types;
}

function filled(rows: readonly Row[], types: ReadonlyMap<string, unknown>): readonly Row[] {
  return rows.map((row) => Object.fromEntries([...types.keys()].map((name) => [name, row[name] ?? null])));
}
