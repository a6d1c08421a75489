import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { explainDiskError, systemErrorCode } from './disk-error.ts';

const TEMPORARY = /^\..+\.tmp$/;
const HOUR_MS = 3_600_000;
const CHUNK_BYTES = 2 ** 30;

/**
 * Writes a file so that at every moment, a power cut included, its path shows the old content or the new, whole.
 *
 * The bytes go to a temporary file in the same folder, which is synced and renamed; then the folder is synced.
 *
 * @param path The folder must exist.
 * @param parts Written one after another; strings as UTF-8.
 * @throws {UserError} `DISK_FULL` or `FOLDER_NOT_WRITABLE`; nothing is left behind.
 */
export function writeFileAtomic(path: string, parts: readonly (string | Uint8Array)[]): void {
  // Random, not counted: two machines may share the folder and have processes of one number.
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = openSync(temporary, 'wx');
    try {
      for (const part of parts) writeAll(file, typeof part === 'string' ? Buffer.from(part) : part);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw explainDiskError('writing a file', path, error);
  }
}

/** Writes all bytes: one call of the system takes less than 2 GiB. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, Math.min(CHUNK_BYTES, bytes.length - done));
  }
}

/**
 * Makes a folder with its parents, durably; does nothing if it is there.
 *
 * @throws {UserError} `DISK_FULL` or `FOLDER_NOT_WRITABLE`.
 */
export function makeFolder(path: string): void {
  try {
    const first = mkdirSync(path, { recursive: true });
    if (first === undefined) return;
    // A file that is durable in a folder that is not would be lost with it.
    for (let made = resolve(path); made !== dirname(resolve(first)); made = dirname(made))
      syncFolder(dirname(made));
  } catch (error) {
    throw explainDiskError('making a folder', path, error);
  }
}

/**
 * Deletes what killed writers left in a folder: temporary files of `writeFileAtomic` that nobody can still be
 * writing.
 *
 * @param olderThanMs Younger ones stay: another process may be about to rename them.
 */
export function removeAbandonedFiles(folder: string, olderThanMs: number = HOUR_MS): void {
  for (const name of readdirSync(folder)) {
    if (!TEMPORARY.test(name)) continue;
    const path = join(folder, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age >= olderThanMs) rmSync(path, { force: true });
  }
}

/** Makes renames in a folder durable; without this, a power cut may bring the old folder back. */
export function syncFolder(folder: string): void {
  // Windows cannot open a folder as a file, and orders its journal itself.
  if (process.platform === 'win32') return;
  let handle: number;
  try {
    handle = openSync(folder, 'r');
  } catch (error) {
    // One may be allowed to write into a folder and not to read it.
    if (systemErrorCode(error) === 'EACCES') return;
    throw error;
  }
  try {
    fsyncSync(handle);
  } catch (error) {
    // Some network and user-space file systems do not know the call; the file itself is synced by now.
    if (!['EINVAL', 'ENOSYS', 'ENOTSUP'].includes(systemErrorCode(error) ?? '')) throw error;
  } finally {
    closeSync(handle);
  }
}
