import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { UserError } from '../../config/index.ts';
import { systemErrorCode } from '../../files/index.ts';
import { listNames } from './mat-accessors.ts';
import { missingMat, tooLargeMat } from './mat-errors.ts';
import { MAT_LIMITS } from './mat-limits.ts';
import type { MatValue } from './mat-value.ts';
import { readMat } from './read-mat.ts';

function unreadable(path: string, found: string, cause?: unknown): UserError {
  return new UserError('MAT_UNREADABLE', {
    where: path,
    expected: 'a .mat file this user may read',
    found,
    hint: 'check its permissions, and that no folder stands in its place',
    cause,
  });
}

function readWhole(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw unreadable(path, stat.isDirectory() ? 'a folder' : 'not a plain file');
    if (stat.size > MAT_LIMITS.bytes) {
      throw tooLargeMat(path, `a file of at most ${MAT_LIMITS.bytes} bytes`, `${stat.size} bytes`);
    }
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * One variable of a .mat file.
 *
 * @throws {UserError} MAT_MISSING: no such file, or no such variable (the message lists those that are there).
 *   MAT_UNREADABLE: the disk refuses. MAT_DAMAGED, MAT_UNSUPPORTED, MAT_TOO_LARGE: as readMat.
 */
export function readMatVariable(path: string, variable: string): MatValue {
  let bytes: Uint8Array;
  try {
    bytes = readWhole(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined || error instanceof UserError) throw error;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(path, code, error);
    throw missingMat(
      path,
      "a .mat file of the dataset's own annotations",
      'no such file',
      'unpack the dataset completely, or put its split_zhou_*.json in its folder',
      error,
    );
  }
  const variables = readMat(bytes, path);
  const value = variables.get(variable);
  if (value !== undefined) return value;
  throw missingMat(
    path,
    `a variable ${variable}`,
    `variables: ${listNames(variables.keys())}`,
    "check that this is the dataset's own file, not another of the same name",
  );
}
