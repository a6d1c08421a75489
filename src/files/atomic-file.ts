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
import { explainDiskError } from './disk-error.ts';
import { synced, syncFolder, syncFolderWithOthers } from './folder-sync.ts';

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
  const temporary = temporaryPath(path);
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

/**
 * `writeFileAtomic` that leaves waiting for the disk to threads: several files may be on their way at once, and those that are
 * renamed within an instant share a sync of their folder.
 *
 * @returns When the file is durable under its name.
 * @throws {UserError} `DISK_FULL` or `FOLDER_NOT_WRITABLE`; nothing is left behind.
 */
export async function writeFileAtomicAsync(path: string, text: string): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    const file = openSync(temporary, 'wx');
    try {
      // Into the system's memory: quicker here than handed to a thread. What waits for the disk is not.
      writeAll(file, Buffer.from(text));
      await synced(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    await syncFolderWithOthers(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw explainDiskError('writing a file', path, error);
  }
}

/** Random, not counted: two machines may share the folder and have processes of one number. */
const temporaryPath = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`);

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
