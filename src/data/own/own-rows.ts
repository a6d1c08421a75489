import { extname } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { ownProblem, shownText } from './own-problems.ts';
import { readText } from './read-text.ts';

/** Part of a dataset. */
export type Part = 'train' | 'val' | 'test';

/** A labelled picture as a table names it. */
export interface OwnRow {
  /** Path as written. */
  readonly path: string;
  /** The label's text. */
  readonly label: string;
  /** Class name beside a label that is a number, or null. */
  readonly className: string | null;
  /** Null where the table does not say. */
  readonly part: Part | null;
  /** Place in the file, for messages. */
  readonly line: number;
}

/** Columns by the names they go by, lower case. */
const COLUMNS = {
  path: ['path', 'file', 'file_name', 'filename', 'filepath', 'image', 'image_path'],
  label: ['label', 'class', 'category', 'class_id', 'label_id'],
  className: ['class_name', 'classname', 'label_name', 'name'],
  split: ['split', 'subset', 'partition', 'set'],
} as const;

const PARTS: Readonly<Record<string, Part>> = {
  train: 'train',
  training: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  dev: 'val',
  test: 'test',
  testing: 'test',
};

/** The part a word stands for, in any case; undefined for another word. */
export const partOf = (word: string): Part | undefined =>
  Object.hasOwn(PARTS, word.toLowerCase()) ? PARTS[word.toLowerCase()] : undefined;

type Column = keyof typeof COLUMNS;

/** Names of the columns as this file has them. */
function findColumns(names: readonly string[], where: string): Readonly<Record<Column, string | null>> {
  const find = (column: Column): string | null =>
    names.find((name) => (COLUMNS[column] as readonly string[]).includes(name.trim().toLowerCase())) ?? null;
  const columns = {
    path: find('path'),
    label: find('label'),
    className: find('className'),
    split: find('split'),
  };
  // A class name alone is a label.
  if (columns.label === null && columns.className !== null) {
    columns.label = columns.className;
    columns.className = null;
  }
  for (const column of ['path', 'label'] as const) {
    if (columns[column] !== null) continue;
    throw ownProblem(
      where,
      `a column ${column} (or ${COLUMNS[column].slice(1).join(', ')})`,
      names.length === 0 ? 'no columns' : `columns ${names.slice(0, 12).map(shownText).join(', ')}`,
      'name the columns in the first line',
    );
  }
  return columns;
}

function readPart(word: string, where: string): Part {
  const part = partOf(word.trim());
  if (part !== undefined) return part;
  throw ownProblem(
    where,
    'a split: train, val or test',
    shownText(word),
    'leave the column out to have one made',
  );
}

function rowOf(
  record: Readonly<Record<string, unknown>>,
  columns: Readonly<Record<Column, string | null>>,
  place: { readonly where: string; readonly line: number },
): OwnRow {
  const where = `${place.where}, line ${place.line}`;
  const text = (column: Column): string | null => {
    const name = columns[column];
    if (name === null) return null;
    const value = record[name];
    if (value === null || value === undefined || value === '') return null;
    if (typeof value === 'string') return value.trim();
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    throw ownProblem(
      where,
      `text or a whole number for ${name}`,
      shownText(JSON.stringify(value)),
      'correct the line',
    );
  };
  const [path, label, split] = [text('path'), text('label'), text('split')];
  if (path === null || path === '') throw ownProblem(where, 'a path', 'nothing', 'correct the line');
  if (label === null || label === '') throw ownProblem(where, 'a label', 'nothing', 'correct the line');
  if (columns.split !== null && split === null)
    throw ownProblem(where, 'a split: train, val or test', 'nothing', 'give every line one, or none');
  return {
    path,
    label,
    className: text('className'),
    part: split === null ? null : readPart(split, where),
    line: place.line,
  };
}

/** The separator of a table: the one that stands most often in its first line. */
function delimiterOf(text: string, path: string): string {
  if (extname(path).toLowerCase() === '.tsv') return '\t';
  const [head = ''] = text.split('\n', 1);
  const count = (mark: string): number => head.split(mark).length - 1;
  return ['\t', ';'].find((mark) => count(mark) > count(',')) ?? ',';
}

interface ParsedLine {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function readCsv(path: string): OwnRow[] {
  const text = readText(path);
  let lines: readonly ParsedLine[];
  try {
    lines = parse(text, {
      delimiter: delimiterOf(text, path),
      info: true,
      skip_empty_lines: true,
    }) as unknown as readonly ParsedLine[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = (cause as CsvError & { readonly lines?: number }).lines;
    throw ownProblem(
      line === undefined ? path : `${path}, line ${line}`,
      'a table whose lines have the columns of the first',
      cause.message,
      'put text that holds the separator or a quote in double quotes',
      cause,
    );
  }
  const [head, ...rest] = lines;
  const names = head?.record ?? [];
  const columns = findColumns(names, path);
  return rest.map(({ record, info }) =>
    rowOf(Object.fromEntries(names.map((name, i) => [name, record[i]])), columns, {
      where: path,
      line: info.lines,
    }),
  );
}

function readJsonLines(path: string): OwnRow[] {
  const rows: OwnRow[] = [];
  for (const [i, text] of readText(path).split('\n').entries()) {
    if (text.trim() === '') continue;
    const where = `${path}, line ${i + 1}`;
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch (cause) {
      throw ownProblem(where, 'a JSON object', (cause as Error).message, 'one object a line', cause);
    }
    if (record === null || typeof record !== 'object' || Array.isArray(record))
      throw ownProblem(where, 'a JSON object', shownText(text), 'one object a line');
    rows.push(
      rowOf(record as Record<string, unknown>, findColumns(Object.keys(record), where), {
        where: path,
        line: i + 1,
      }),
    );
  }
  return rows;
}

/** Whether a file's name is that of a table that is read. */
export const isTable = (path: string): boolean => /\.(csv|tsv|jsonl|ndjson)$/i.test(path);

/**
 * The labelled pictures of a CSV, TSV or JSON Lines file; at least one.
 * @throws {UserError} OWN_DATA
 */
export function readRows(path: string): OwnRow[] {
  const rows = /\.(csv|tsv)$/i.test(path) ? readCsv(path) : readJsonLines(path);
  if (rows.length > 0) return rows;
  throw ownProblem(path, 'a picture a line', 'none', 'columns path, label and perhaps split');
}
