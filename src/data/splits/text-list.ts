import { readFileSync } from 'node:fs';
import { UserError } from '../../config/index.ts';
import { systemErrorCode } from '../../files/index.ts';

/** A line of a list, and its number in the file from 1. */
export interface ListLine {
  readonly text: string;
  readonly number: number;
}

/**
 * A dataset's own file as text.
 * @throws {UserError} ANNOTATION_MISSING, ANNOTATION_UNREADABLE
 */
export function readAnnotation(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const missing = systemErrorCode(cause) === 'ENOENT';
    throw new UserError(missing ? 'ANNOTATION_MISSING' : 'ANNOTATION_UNREADABLE', {
      where: path,
      expected: "a file of the dataset's own annotations",
      found: missing ? 'no such file' : String(systemErrorCode(cause) ?? cause),
      hint: "complete the folder as CoOp's DATASETS.md says; where CoOp has a split_zhou_*.json for it, that alone will do",
      cause,
    });
  }
}

/** What is wrong with a dataset's own files. */
export function damagedAnnotation(where: string, expected: string, found: string): UserError {
  return new UserError('ANNOTATION_DAMAGED', {
    where,
    expected,
    found: found.length > 120 ? `${found.slice(0, 120)}…` : found,
    hint: "unpack the dataset's archive again",
  });
}

/** A line that is not as its list's lines are. */
export function damagedLine(path: string, { text, number }: ListLine, expected: string): UserError {
  return damagedAnnotation(`${path}, line ${number}`, expected, JSON.stringify(text));
}

/**
 * Lines of a text file without the space around them; empty ones are left out.
 * @throws {UserError} ANNOTATION_MISSING, ANNOTATION_UNREADABLE; ANNOTATION_DAMAGED: nothing in it.
 */
export function readList(path: string): ListLine[] {
  const lines = readAnnotation(path)
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((text, i) => ({ text: text.trim(), number: i + 1 }))
    .filter(({ text }) => text !== '');
  if (lines.length === 0) throw damagedAnnotation(path, 'a list, an entry a line', 'an empty file');
  return lines;
}
