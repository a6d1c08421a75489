import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../config/index.ts';
import { makeFolder, removeAbandonedFiles, systemErrorCode, writeFileAtomic } from '../../files/index.ts';

/** What a folder held when it was listed. */
export interface KeptListing {
  /** Tells this state of this folder from any other. */
  readonly stamp: string;
  /** As `ClassFolder.pictures`. */
  readonly pictures: readonly string[];
}

/**
 * The file: a line of JSON with these fields and the SHA-256 of what follows; then a line a folder,
 * `[name, stamp, [picture, …]]`. Raise the version when other files count as pictures, or when stamps change.
 */
const HEADER = { format: 'coop-bench listing', version: 1 } as const;

const LINE_FEED = 10;

const listingFolder = (cacheDir: string): string => join(cacheDir, 'listings');

/** One file a root. */
function listingPath(cacheDir: string, root: string): string {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 32);
  return join(listingFolder(cacheDir), `${name}.jsonl`);
}

const headerOf = (root: string, sha256: string): string => `${JSON.stringify({ ...HEADER, root, sha256 })}\n`;

function isLine(value: unknown): value is [string, string, string[]] {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [name, stamp, pictures] = value as readonly unknown[];
  const texts = Array.isArray(pictures) && pictures.every((picture) => typeof picture === 'string');
  return typeof name === 'string' && typeof stamp === 'string' && texts;
}

/** Nothing, unless these are the bytes that were written for this root. */
function parseListings(bytes: Buffer, root: string): Map<string, KeptListing> {
  const bodyAt = bytes.indexOf(LINE_FEED) + 1;
  const body = bytes.subarray(bodyAt);
  const sha256 = createHash('sha256').update(body).digest('hex');
  if (bytes.toString('utf8', 0, bodyAt) !== headerOf(root, sha256)) return new Map();
  const listings = new Map<string, KeptListing>();
  // Parsed line by line: one text of all would be held beside its bytes.
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(LINE_FEED, at);
    const line: unknown = JSON.parse(body.toString('utf8', at, end));
    if (!isLine(line)) throw new SyntaxError('a line of another form');
    const [name, stamp, pictures] = line;
    listings.set(name, { stamp, pictures });
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
    if (error instanceof SyntaxError || systemErrorCode(error) !== undefined) return new Map();
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
  const lines = Array.from(listings, ([name, { stamp, pictures }]) =>
    Buffer.from(`${JSON.stringify([name, stamp, pictures])}\n`),
  );
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line);
  try {
    makeFolder(listingFolder(cacheDir));
    removeAbandonedFiles(listingFolder(cacheDir));
    writeFileAtomic(listingPath(cacheDir, root), [headerOf(root, hash.digest('hex')), ...lines]);
  } catch (error) {
    if (!(error instanceof UserError) && systemErrorCode(error) === undefined) throw error;
  }
}
