import { readFileSync } from 'node:fs';
import { oneLine, UserError } from '../../config/index.ts';
import { systemErrorCode } from '../../files/index.ts';
import type { Datum, Split } from '../dataset.ts';

const PARTS = ['train', 'val', 'test'] as const;
type Part = (typeof PARTS)[number];

function damaged(where: string, expected: string, found: string, cause?: unknown): UserError {
  return new UserError('SPLIT_DAMAGED', {
    where,
    expected,
    found: found.length > 160 ? `${found.slice(0, 160)}…` : found,
    hint: "fetch the split file again; without one the split is made from the dataset's own annotations",
    cause,
  });
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  return value === undefined ? 'nothing' : String(JSON.stringify(value));
}

/** Class names by label, as the rows give them. */
class Classes {
  readonly #names: string[] = [];
  readonly #where: string;

  constructor(where: string) {
    this.#where = where;
  }

  add(label: number, name: string, row: string): void {
    const known = this.#names[label];
    if (known === undefined) this.#names[label] = name;
    else if (known !== name) {
      throw damaged(
        `${this.#where}: ${row}`,
        `label ${label} with one name everywhere, ${JSON.stringify(known)}`,
        JSON.stringify(name),
      );
    }
  }

  /** K names, none missing. */
  names(): string[] {
    const gap = Array.from(this.#names, (name) => name).indexOf(undefined as unknown as string);
    if (gap >= 0) {
      throw damaged(
        this.#where,
        `labels from 0 without a gap, up to ${this.#names.length - 1}`,
        `no picture of label ${gap}`,
      );
    }
    return this.#names;
  }
}

/** More labels than any dataset has; a slip in one row must not make a list of billions. */
const MOST_CLASSES = 1_000_000;

function readRow(row: unknown, folder: string, where: string, place: string, classes: Classes): Datum {
  const expected = '[path, label, class name]';
  if (!Array.isArray(row) || row.length !== 3) throw damaged(`${where}: ${place}`, expected, kindOf(row));
  const [name, label, className] = row as unknown[];
  if (typeof name !== 'string' || name === '')
    throw damaged(`${where}: ${place}`, `${expected}, with a path`, kindOf(name));
  if (!Number.isSafeInteger(label) || (label as number) < 0 || (label as number) >= MOST_CLASSES)
    throw damaged(`${where}: ${place}`, `${expected}, with a label from 0`, kindOf(label));
  if (typeof className !== 'string' || className.trim() === '')
    throw damaged(`${where}: ${place}`, `${expected}, with a class name`, kindOf(className));
  classes.add(label as number, className, place);
  return { picture: { kind: 'file', folder, name }, label: label as number };
}

/**
 * Reads a split as CoOp publishes it: `{"train": [[path, label, class name], …], "val": …, "test": …}`.
 *
 * @param folder Folder that its paths start from. @param where Names the file in errors.
 * @throws {UserError} SPLIT_DAMAGED: no JSON, another shape, a label with two names or none.
 */
export function parseSplitFile(text: string, folder: string, where: string): Split {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw damaged(where, 'JSON', oneLine((cause as Error).message), cause);
  }
  if (content === null || typeof content !== 'object' || Array.isArray(content)) {
    throw damaged(where, 'an object with the lists train, val and test', kindOf(content));
  }
  const classes = new Classes(where);
  const read = (part: Part): Datum[] => {
    const rows = (content as Record<string, unknown>)[part];
    if (!Array.isArray(rows)) throw damaged(where, `a list "${part}"`, kindOf(rows));
    return rows.map((row, i) => readRow(row, folder, where, `${part}[${i}]`, classes));
  };
  const [train, val, test] = PARTS.map(read) as [Datum[], Datum[], Datum[]];
  return { train, val, test, classNames: classes.names() };
}

/**
 * Reads the split file at a path.
 * @param folder See `parseSplitFile`.
 * @throws {UserError} SPLIT_UNREADABLE; SPLIT_DAMAGED, as `parseSplitFile`.
 */
export function readSplitFile(path: string, folder: string): Split {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    throw new UserError('SPLIT_UNREADABLE', {
      where: path,
      expected: 'a split file that this user may read',
      found: code === 'EISDIR' ? 'a folder' : code,
      hint: "check its permissions, or move it away: the split is then made from the dataset's own annotations",
      cause,
    });
  }
  return parseSplitFile(text, folder, path);
}

/** The text of a split file, byte for byte as Python's `json` writes it for CoOp (indent 4, ASCII). */
export function formatSplitFile({ classNames, ...lists }: Split): string {
  const rows = (data: readonly Datum[]) =>
    data.map(({ picture, label }) => [picture.name, label, classNames[label]]);
  const text = JSON.stringify(Object.fromEntries(PARTS.map((part) => [part, rows(lists[part])])), null, 4);
  return text.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
