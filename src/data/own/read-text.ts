import { readFileSync } from 'node:fs';
import { oneLine, UserError } from '../../config/index.ts';
import { systemErrorCode } from '../../files/index.ts';
import { ownProblem } from './own-problems.ts';

/**
 * A file of a person's as text, without a byte order mark.
 * @throws {UserError} OWN_DATA: not there, not readable, or not in UTF-8.
 */
export function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const found =
      systemErrorCode(cause) === 'ENOENT' ? 'no such file' : String(systemErrorCode(cause) ?? cause);
    throw ownProblem(path, 'a text file', found, 'check the path and its permissions', cause);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw ownProblem(path, 'text in UTF-8', 'another encoding', 'save it as UTF-8', cause);
  }
}

/**
 * A file's JSON.
 * @throws {UserError} OWN_DATA
 */
export function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw ownProblem(path, 'JSON', oneLine((cause as Error).message), 'check commas and quotes', cause);
  }
}
