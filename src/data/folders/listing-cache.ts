import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../config/index.ts';
import { makeFolder, removeAbandonedFiles, systemErrorCode, writeFileAtomic } from '../../files/index.ts';

/** What a folder held when it was listed. */
export interface KeptListing {
  /** Tells this state of this folder from any other. */
  readonly stamp: string;
  /** Names of its pictures, packed by `packNames`. */
  readonly packed: Buffer;
}

/** Names in a third of the memory that strings take: a JSON list as UTF-8. */
export const packNames = (names: readonly string[]): Buffer => Buffer.from(JSON.stringify(names));

/** The names again. Each is a string of its own, none a part of a large one that would be held with it. */
export const unpackNames = (packed: Buffer): string[] => JSON.parse(packed.toString());

/**
 * The file: a line of JSON with these fields, the root and the SHA-256 of what follows; then a line a folder,
 * `[name, stamp]`, a tab, and the packed names. Raise the version when other files count as pictures, or when stamps
 * or packing change.
 */
const HEADER = { format: 'coop-bench listing', version: 1 } as const;

/** JSON writes neither within a text. */
const [TAB, LINE_FEED] = [9, 10];

const listingFolder = (cacheDir: string): string => join(cacheDir, 'listings');

/** One file a root. */
function listingPath(cacheDir: string, root: string): string {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 32);
  return join(listingFolder(cacheDir), `${name}.jsonl`);
}

const headerOf = (root: string, sha256: string): string => `${JSON.stringify({ ...HEADER, root, sha256 })}\n`;

/** Nothing, unless these are the bytes that were written for this root: then their form needs no second look. */
function parseListings(bytes: Buffer, root: string): Map<string, KeptListing> {
  const bodyAt = bytes.indexOf(LINE_FEED) + 1;
  const body = bytes.subarray(bodyAt);
  const sha256 = createHash('sha256').update(body).digest('hex');
  if (bytes.toString('utf8', 0, bodyAt) !== headerOf(root, sha256)) return new Map();
  const listings = new Map<string, KeptListing>();
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(LINE_FEED, at);
    const tab = body.indexOf(TAB, at);
    const [name, stamp]: readonly [string, string] = JSON.parse(body.toString('utf8', at, tab));
    listings.set(name, { stamp, packed: body.subarray(tab + 1, end) });
    at = end + 1;
  }
  return listings;
}

/**
 * Listings that were kept of the folders in a root, by name. A file that is missing, unreadable, damaged or not ours
 * holds nothing: a cache is never a reason to fail.
 *
 * @param root Absolute path.
 */
export function readListings(cacheDir: string, root: string): Map<string, KeptListing> {
  try {
    return parseListings(readFileSync(listingPath(cacheDir, root)), root);
  } catch (error) {
    if (systemErrorCode(error) !== undefined) return new Map();
    throw error;
  }
}

/**
 * Keeps listings, whole or not at all. Of several processes that write at once the last one's stay. Where the disk
 * takes nothing, nothing is kept and nothing said: the next listing takes longer.
 *
 * @param root Absolute path.
 */
export function writeListings(
  cacheDir: string,
  root: string,
  listings: ReadonlyMap<string, KeptListing>,
): void {
  const parts = Array.from(listings, ([name, { stamp, packed }]) => [
    Buffer.from(`${JSON.stringify([name, stamp])}\t`),
    packed,
    Buffer.of(LINE_FEED),
  ]).flat();
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  try {
    makeFolder(listingFolder(cacheDir));
    removeAbandonedFiles(listingFolder(cacheDir));
    writeFileAtomic(listingPath(cacheDir, root), [headerOf(root, hash.digest('hex')), ...parts]);
  } catch (error) {
    if (!(error instanceof UserError) && systemErrorCode(error) === undefined) throw error;
  }
}
