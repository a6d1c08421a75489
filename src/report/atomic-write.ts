import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../config/index.ts';

/** What a person can do about the usual refusals of a file system. */
const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space on that disk, or choose another folder with --out',
  EDQUOT: 'free some of your quota, or choose another folder with --out',
  EACCES: 'make the folder writable, or choose another one with --out',
  EPERM: 'make the folder writable, or choose another one with --out',
  EROFS: 'choose a folder on a writable disk with --out',
  ENOTDIR: 'a part of the path is a file: remove it, or choose another folder with --out',
  EEXIST: 'a part of the path is a file: remove it, or choose another folder with --out',
  EISDIR: 'a folder stands where the file should be: remove it, or choose another folder with --out',
};

/**
 * Writes a file so that a reader sees the old or the new content, never a part: temporary name in the same
 * folder, fsync, rename. Missing folders are made.
 *
 * @throws {UserError} `REPORT_NOT_WRITABLE`: the file system refuses (full disk, no permission, …). The old
 *   file, if any, is untouched.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asUserError(error, path);
  }
}

function asUserError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const hint = HINTS[code];
  if (hint === undefined) return error;
  const found = error instanceof Error ? error.message : String(error);
  const where = `cannot write ${path}`;
  return new UserError('REPORT_NOT_WRITABLE', { where, found, hint, cause: error });
}
