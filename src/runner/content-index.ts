import { createHash, randomBytes } from 'node:crypto';
import { type BigIntStats, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../config/index.ts';
import { type FilePicture, pictureKey, picturePath } from '../data/index.ts';
import { makeFolder, removeAbandonedFiles, systemErrorCode, writeFileAtomic } from '../files/index.ts';

const SUFFIX = '.contents';

/** First line of a shard, before the SHA-256 of what follows. Raise the number when stamps or lines change. */
const FORMAT = 'coop-bench contents 1';

/**
 * A file that was changed less than this before it was hashed may change again and keep its times: clocks of file
 * systems are as coarse as two seconds (FAT).
 */
const SETTLED_MS = 2000;

/** What is unknown may have been learned by another worker meanwhile: looked for this often at most. */
const REFRESH_MS = 1000;

interface Known {
  /** Tells this state of the file from any other. */
  readonly stamp: string;
  /** SHA-256 (hex) of its bytes. */
  readonly key: string;
}

const stampOf = ({ size, ino, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${size} ${ino} ${mtimeNs} ${ctimeNs}`;

/** Lines of a shard, or none if it is not whole: what it held is learned again. */
function readShard(path: string): Map<string, Known> {
  const text = readFileSync(path, 'utf8');
  const bodyAt = text.indexOf('\n') + 1;
  const body = text.slice(bodyAt);
  const found = new Map<string, Known>();
  if (text.slice(0, bodyAt) !== headerOf(body)) return found;
  for (const line of body.split('\n')) {
    const [key, stamp, name] = line.split('\t') as [string, string, string];
    if (name !== undefined) found.set(JSON.parse(name), { stamp, key });
  }
  return found;
}

const headerOf = (body: string): string => `${FORMAT} ${createHash('sha256').update(body).digest('hex')}\n`;

/**
 * Hashes of the pictures in one folder, remembered on disk, so that a second run asks each file for its times and
 * reads none.
 *
 * A hash is trusted as long as the file's size, number on the disk and times are what they were. Shards are immutable
 * files written whole, so any number of threads and processes may add to them. Where the disk takes nothing, nothing
 * is remembered and nothing said: pictures are hashed again. All calls are synchronous: an index belongs to a worker.
 */
export class ContentIndex {
  readonly #folder: string;
  readonly #known = new Map<string, Known>();
  readonly #shards = new Set<string>();
  /** Learned here and not yet on disk. */
  readonly #pending = new Map<string, Known>();
  readonly #now: () => number;
  #refreshedAt = 0;

  /**
   * @param cacheDir Folder of what can be made again. @param pictureFolder Absolute folder that names start from.
   * @param now Milliseconds since 1970.
   */
  constructor(cacheDir: string, pictureFolder: string, now: () => number = Date.now) {
    const name = createHash('sha256').update(pictureFolder).digest('hex').slice(0, 32);
    this.#folder = join(cacheDir, 'contents', name);
    this.#now = now;
    this.refresh();
  }

  /** Takes in what others learned since. */
  refresh(): void {
    this.#refreshedAt = this.#now();
    let names: string[];
    try {
      names = readdirSync(this.#folder);
    } catch {
      return;
    }
    for (const name of names.sort()) {
      if (!name.endsWith(SUFFIX) || this.#shards.has(name)) continue;
      this.#shards.add(name);
      try {
        for (const [picture, known] of readShard(join(this.#folder, name))) this.#known.set(picture, known);
      } catch (error) {
        if (systemErrorCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
      }
    }
  }

  /**
   * SHA-256 (hex) of a picture's bytes, without reading them where they were hashed before and the file is as it was.
   * @throws {UserError} PICTURE_MISSING, PICTURE_UNREADABLE
   */
  keyOf(picture: FilePicture): string {
    const stats = statSync(picturePath(picture), { bigint: true, throwIfNoEntry: false });
    const stamp = stats === undefined ? null : stampOf(stats);
    const startedAt = this.#now();
    if (!this.#known.has(picture.name) && startedAt - this.#refreshedAt > REFRESH_MS) this.refresh();
    const known = this.#known.get(picture.name);
    if (known !== undefined && known.stamp === stamp) return known.key;
    // A file that is not there says so here.
    const key = pictureKey(picture);
    if (stats !== undefined && stamp !== null) {
      const changedAt = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs));
      if (changedAt <= startedAt - SETTLED_MS) {
        this.#known.set(picture.name, { stamp, key });
        this.#pending.set(picture.name, { stamp, key });
      }
    }
    return key;
  }

  /** Writes what was learned since the last time. */
  flush(): void {
    if (this.#pending.size === 0) return;
    const lines = Array.from(
      this.#pending,
      ([name, { stamp, key }]) => `${key}\t${stamp}\t${JSON.stringify(name)}\n`,
    );
    const body = lines.join('');
    const name = `${this.#now().toString(36)}-${randomBytes(8).toString('hex')}${SUFFIX}`;
    try {
      makeFolder(this.#folder);
      removeAbandonedFiles(this.#folder);
      writeFileAtomic(join(this.#folder, name), [headerOf(body), body]);
      this.#shards.add(name);
    } catch (error) {
      if (!(error instanceof UserError) && systemErrorCode(error) === undefined) throw error;
    }
    this.#pending.clear();
  }
}
