import { closeSync, fsync, fsyncSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemErrorCode } from './disk-error.ts';

/** Waits for the disk in a thread. */
export const synced = promisify(fsync);

/** One may be allowed to write into a folder and not to read it. */
const mayStayClosed = (error: unknown): boolean => systemErrorCode(error) === 'EACCES';

/** Some network and user-space file systems do not know the call; the file itself is synced by now. */
const maySyncUnknown = (error: unknown): boolean =>
  ['EINVAL', 'ENOSYS', 'ENOTSUP'].includes(systemErrorCode(error) ?? '');

/** Null: it cannot be opened to be synced, and need not be. */
function openFolder(folder: string): number | null {
  // Windows cannot open a folder as a file, and orders its journal itself.
  if (process.platform === 'win32') return null;
  try {
    return openSync(folder, 'r');
  } catch (error) {
    if (mayStayClosed(error)) return null;
    throw error;
  }
}

/** Makes renames in a folder durable; without this, a power cut may bring the old folder back. */
export function syncFolder(folder: string): void {
  const handle = openFolder(folder);
  if (handle === null) return;
  try {
    fsyncSync(handle);
  } catch (error) {
    if (!maySyncUnknown(error)) throw error;
  } finally {
    closeSync(handle);
  }
}

async function syncFolderAsync(folder: string): Promise<void> {
  const handle = openFolder(folder);
  if (handle === null) return;
  try {
    await synced(handle);
  } catch (error) {
    if (!maySyncUnknown(error)) throw error;
  } finally {
    closeSync(handle);
  }
}

/** Renames that come this soon after one another share a sync: each is a commit of the file system's journal. */
const GATHER_MS = 50;

interface FolderSyncs {
  running: Promise<void>;
  /** Has not begun. */
  next: Promise<void> | null;
}

const folderSyncs = new Map<string, FolderSyncs>();

/**
 * `syncFolder` that leaves this thread free. Whoever asks waits for the next sync, with all that ask until it begins:
 * one that runs may have begun before their renames.
 */
export async function syncFolderWithOthers(folder: string): Promise<void> {
  // Nothing to wait for: see `openFolder`.
  if (process.platform === 'win32') return;
  let syncs = folderSyncs.get(folder);
  if (syncs === undefined) {
    syncs = { running: Promise.resolve(), next: null };
    folderSyncs.set(folder, syncs);
  }
  syncs.next ??= beginSync(folder, syncs);
  await syncs.next;
}

async function beginSync(folder: string, syncs: FolderSyncs): Promise<void> {
  await Promise.allSettled([sleep(GATHER_MS), syncs.running]);
  syncs.running = syncFolderAsync(folder);
  syncs.next = null;
  await syncs.running;
}
