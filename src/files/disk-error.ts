import { UserError } from '../config/index.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const REFUSED = new Set([
  'ENOENT',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
]);

/** Code of a Node system error (`ENOENT`, …), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Turns a failed file operation into an error a person can act on.
 *
 * @param action What was being done, e.g. `writing a record`.
 * @param path The file or folder concerned.
 * @returns A UserError `DISK_FULL` or `FOLDER_NOT_WRITABLE` for the causes a person can remove; any other error
 *   comes back as it is.
 */
export function explainDiskError(action: string, path: string, error: unknown): unknown {
  const code = systemErrorCode(error);
  if (code === undefined || error instanceof UserError) return error;
  const found = error instanceof Error ? error.message : code;
  if (FULL.has(code)) {
    return new UserError('DISK_FULL', {
      where: `${action}: ${path}`,
      expected: 'room on the disk (or in the quota) for one more file',
      found,
      hint: 'free some space, or choose another folder; then run the same command again: finished work is kept',
      cause: error,
    });
  }
  if (REFUSED.has(code)) {
    return new UserError('FOLDER_NOT_WRITABLE', {
      where: `${action}: ${path}`,
      expected: 'a folder this user may read and write',
      found,
      hint: 'check that the folder is there, its permissions, and that no file stands in its place; or choose another',
      cause: error,
    });
  }
  return error;
}
