import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../../config/index.ts';
import { systemErrorCode } from '../../files/index.ts';
import { inOrder } from '../pictures/in-order.ts';
import { type KeptListing, packNames, readListings, unpackNames, writeListings } from './listing-cache.ts';
import { byCodePoint, isPictureName } from './picture-names.ts';

/** A class as it lies on disk. */
export interface ClassFolder {
  /** As the disk writes it: composed and decomposed letters are not made one. */
  readonly name: string;
  /**
   * Names of the pictures directly in it, sorted by code point; may be none. Unpacked whenever they are asked for:
   * take them once.
   */
  readonly pictures: readonly string[];
}

export interface ListOptions {
  /** Folder of what can be made again: listings are kept in its `listings`. Null: nothing is kept. */
  readonly cacheDir: string | null;
  /** Folders that are no classes. */
  readonly ignored?: readonly string[];
  /** Exactly these folders, in this order. Default: all that are neither hidden nor ignored, by code point. */
  readonly names?: readonly string[];
  /** Now, in milliseconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/** Folders under way beyond the one that is waited for: libuv reads four at a time. */
const AHEAD = 8;

/**
 * A folder that was changed less than this before it was listed may change again and keep its time: clocks of file
 * systems are as coarse as two seconds (FAT).
 */
const SETTLED_MS = 2000;

/** What is said of a folder that cannot be listed. */
function explain(path: string, expected: string, cause: unknown): unknown {
  const code = systemErrorCode(cause);
  if (code === undefined || cause instanceof UserError) return cause;
  const parts = { where: path, expected, cause };
  if (code === 'ENOENT') {
    const hint = 'check the path, and that the dataset is unpacked completely';
    return new UserError('FOLDER_MISSING', { ...parts, found: 'no such folder', hint });
  }
  const found = { ENOTDIR: 'a file', ELOOP: 'a link that leads to itself' }[code] ?? code;
  const hint = 'check the path, and that this user may read the folder';
  return new UserError('FOLDER_UNREADABLE', { ...parts, found, hint });
}

const expectedOf = (name: string): string => `a folder of the pictures of class "${name}"`;

/** Folders in a root, links to folders among them. A link that leads nowhere may be a class: it is not passed over. */
async function folderNames(root: string, entries: readonly Dirent[]): Promise<string[]> {
  const names: string[] = [];
  for (const entry of entries) {
    const { name } = entry;
    let isFolder = entry.isDirectory();
    if (entry.isSymbolicLink()) {
      try {
        isFolder = (await stat(join(root, name))).isDirectory();
      } catch (error) {
        throw explain(join(root, name), 'a folder, or a link that leads to one', error);
      }
    }
    if (isFolder) names.push(name);
  }
  return names.sort(byCodePoint);
}

/** Not the names themselves: ImageNet's 1.28 million strings would stand beside the list that is made of them. */
const classFolder = (name: string, { packed }: KeptListing): ClassFolder => ({
  name,
  get pictures() {
    return unpackNames(packed);
  },
});

/** A folder moved here, or changed by a tool that sets its time back, is told by its number and its change time. */
const stampOf = ({ ino, mtimeNs, ctimeNs }: BigIntStats): string => `${ino} ${mtimeNs} ${ctimeNs}`;

/**
 * Lists a folder, unless what was kept of it still holds.
 *
 * The stamp is taken first: what changes during the listing gives the folder another one.
 *
 * @returns The listing; and whether it may be kept: null where it stands in the cache as it is.
 */
async function listFolder(
  path: string,
  kept: KeptListing | undefined,
  now: () => number,
): Promise<{ readonly listing: KeptListing; readonly settled: boolean | null }> {
  const listedAtMs = now();
  const stats = await stat(path, { bigint: true });
  const stamp = stampOf(stats);
  if (kept?.stamp === stamp) return { listing: kept, settled: null };
  const pictures: string[] = [];
  // The kind comes with the name: no file is asked. A link is taken for a file; where it leads is seen when the
  // picture is read, and a million links are not followed for it.
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (isPictureName(entry.name) && (entry.isFile() || entry.isSymbolicLink())) pictures.push(entry.name);
  }
  const changedAtMs = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs));
  return {
    listing: { stamp, packed: packNames(pictures.sort(byCodePoint)) },
    settled: changedAtMs <= listedAtMs - SETTLED_MS,
  };
}

/**
 * Lists a folder of one folder a class. Files beside the folders are passed over, links are followed, and only names
 * of pictures count (see `isPictureName`).
 *
 * With a cache, a folder is listed again only when its own times, or its number on the disk, are others than before.
 *
 * @param root Links are followed here, too.
 * @returns In the order of `names`, else by code point. Folders without pictures are among them.
 * @throws {UserError} FOLDER_MISSING: the root, one of `names`, or where a link leads; FOLDER_UNREADABLE.
 */
export async function listClassFolders(
  root: string,
  { cacheDir, ignored = [], names, now = Date.now }: ListOptions,
): Promise<ClassFolder[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    throw explain(root, 'a folder of one folder a class', error);
  });
  const isClass = ({ name }: Dirent): boolean => !name.startsWith('.') && !ignored.includes(name);
  const present = names ?? (await folderNames(root, entries.filter(isClass)));
  const place = resolve(root);
  const kept = cacheDir === null ? new Map<string, KeptListing>() : readListings(cacheDir, place);
  const list = async (i: number) => {
    const name = present[i]!;
    try {
      return { name, ...(await listFolder(join(root, name), kept.get(name), now)) };
    } catch (error) {
      throw explain(join(root, name), expectedOf(name), error);
    }
  };
  const folders: ClassFolder[] = [];
  const changed = new Map<string, KeptListing>();
  for await (const { name, listing, settled } of inOrder(present.length, list, AHEAD)) {
    folders.push(classFolder(name, listing));
    if (settled === true) changed.set(name, listing);
  }
  if (cacheDir !== null && changed.size > 0) {
    // What was not asked for this time stays, unless it has left the root.
    const here = new Set([...entries.map(({ name }) => name), ...present]);
    const still = [...kept].filter(([name]) => here.has(name));
    writeListings(cacheDir, place, new Map([...still, ...changed]));
  }
  return folders;
}
