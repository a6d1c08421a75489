import { randomBytes } from 'node:crypto';
import { accessSync, constants, readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { explainDiskError, makeFolder, removeAbandonedFiles, systemErrorCode } from '../files/index.ts';
import {
  DamagedShardError,
  openShard,
  readRows,
  type Shard,
  verifyShard,
  writeShard,
} from './feature-shard.ts';
import { KeyIndex, parseKey } from './key-index.ts';

const SUFFIX = '.features';
/** Larger appends become several files, so that checking one before its first use stays quick. */
const MAX_SHARD_BYTES = 64 << 20;
const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** A shard that was found unusable; its features count as missing. */
export interface DamagedShard {
  readonly path: string;
  readonly reason: string;
}

interface OpenShard {
  readonly shard: Shard;
  state: 'unchecked' | 'good' | 'lost';
}

/**
 * Image features on disk, by content: a key (`featureKeys`) gives E float32 numbers.
 *
 * One folder holds immutable shard files; every `append` adds one, whole or not at all, so any number of threads
 * and processes may write at once, and each sees what others wrote after `refresh`. A shard is checked against its
 * checksum before its first use. A damaged one is renamed to `….damaged`, reported, and its keys are missing again.
 * All calls are synchronous: the store belongs to worker threads.
 */
export class FeatureStore {
  readonly folder: string;
  readonly dim: number;
  readonly #onDamaged: (damaged: DamagedShard) => void;
  /** Key → (shard number, row). */
  readonly #index = new KeyIndex();
  readonly #shards: OpenShard[] = [];
  readonly #known = new Set<string>();

  private constructor(folder: string, dim: number, onDamaged: (damaged: DamagedShard) => void) {
    this.folder = folder;
    this.dim = dim;
    this.#onDamaged = onDamaged;
  }

  /**
   * Makes the folder of all feature caches and sees that it can be written to, before any work counts on it.
   *
   * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`.
   */
  static prepareFolder(dir: string): void {
    makeFolder(dir);
    try {
      accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw explainDiskError('using the feature cache', dir, error);
    }
  }

  /**
   * Opens a store, making its folder if need be. Reads headers and keys of all shards: 100,000 features take some
   * tens of milliseconds.
   *
   * @param dir Folder of all feature caches.
   * @param namespace Folder in it, e.g. one for each checkpoint: letters, digits, `.`, `_`, `-`.
   * @param dim E.
   * @param onDamaged Told of every shard that cannot be used.
   * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`.
   */
  static open(
    dir: string,
    namespace: string,
    dim: number,
    onDamaged: (damaged: DamagedShard) => void = () => {},
  ): FeatureStore {
    if (!NAMESPACE.test(namespace))
      throw new Error(`internal: '${namespace}' is no name for a feature store`);
    const folder = join(dir, namespace);
    makeFolder(folder);
    const store = new FeatureStore(folder, dim, onDamaged);
    try {
      removeAbandonedFiles(folder);
      store.refresh();
    } catch (error) {
      throw explainDiskError('opening the feature cache', folder, error);
    }
    return store;
  }

  /** Takes in shards that were written since, by anyone. */
  refresh(): void {
    // Sorted, so that of two shards with one key every process takes the same.
    for (const name of readdirSync(this.folder).sort()) {
      if (!name.endsWith(SUFFIX) || this.#known.has(name)) continue;
      this.#known.add(name);
      const path = join(this.folder, name);
      try {
        this.#take(openShard(path, this.dim));
      } catch (error) {
        this.#lose(path, error);
      }
    }
  }

  /** Whether the feature is here and sound. The first question about a shard reads the shard once. */
  has(key: string): boolean {
    return this.#locate(key) >= 0;
  }

  /** Those of the keys that are not here, in their order, each once. Write them with `append`, then `read`. */
  missing(keys: readonly string[]): string[] {
    return [...new Set(keys)].filter((key) => !this.has(key));
  }

  /**
   * Reads features.
   *
   * @param keys n keys, in any order, repeated or not.
   * @returns [n, E], row i for keys[i].
   * @throws {DamagedShardError} A shard was damaged since it was checked: ask `missing` again.
   * @throws {Error} A key is missing.
   */
  read(keys: readonly string[]): Float32Array {
    const features = new Float32Array(keys.length * this.dim);
    for (const [shardNumber, wanted] of this.#groupByShard(keys)) {
      wanted.sort((a, b) => a.row - b.row);
      const open = this.#shards[shardNumber];
      const rows = wanted.map(({ row }) => row);
      const places = wanted.map(({ place }) => place);
      try {
        readRows(open.shard, rows, places, features);
      } catch (error) {
        open.state = 'lost';
        this.#lose(open.shard.path, error);
        throw error;
      }
    }
    return features;
  }

  /**
   * Adds features; they can be read at once here, and elsewhere after `refresh`.
   *
   * @param keys n distinct keys. One that is here already is stored again and the first one stays in use.
   * @param features [n, E], row by row.
   * @throws {UserError} `DISK_FULL` or `FOLDER_NOT_WRITABLE`; nothing half-written is left.
   * @throws {TypeError} A key is not 32 hexadecimal characters.
   */
  append(keys: readonly string[], features: Float32Array): void {
    const { dim } = this;
    if (features.length !== keys.length * dim) {
      throw new Error(
        `internal: ${keys.length} features of ${dim} numbers, but ${features.length} numbers in all`,
      );
    }
    for (const key of keys) parseKey(key);
    const step = Math.max(1, Math.floor(MAX_SHARD_BYTES / (dim * Float32Array.BYTES_PER_ELEMENT)));
    for (let begin = 0; begin < keys.length; begin += step) {
      const end = Math.min(keys.length, begin + step);
      // Time first, so that names sort by age; random, since many may write in one millisecond.
      const name = `${Date.now().toString(36)}-${randomBytes(8).toString('hex')}${SUFFIX}`;
      const path = join(this.folder, name);
      this.#known.add(name);
      writeShard(path, keys.slice(begin, end), features.subarray(begin * dim, end * dim), dim);
      this.#take(openShard(path, dim));
    }
  }

  #take({ shard, keys }: ReturnType<typeof openShard>): void {
    const shardNumber = this.#shards.push({ shard, state: 'unchecked' }) - 1;
    for (let row = 0; row < shard.count; row++) {
      const before = this.#index.count;
      const entry = this.#index.findOrAdd(keys, row * 4);
      const isNew = entry === before;
      if (isNew || this.#shards[this.#index.first(entry)].state === 'lost') {
        this.#index.set(entry, shardNumber, row);
      }
    }
  }

  /** Entry of a key in the index, or -1 if there is none in a sound shard. */
  #locate(key: string): number {
    const entry = this.#index.find(key);
    return entry >= 0 && this.#isSound(this.#shards[this.#index.first(entry)]) ? entry : -1;
  }

  #isSound(open: OpenShard): boolean {
    if (open.state === 'unchecked') {
      try {
        verifyShard(open.shard);
        open.state = 'good';
      } catch (error) {
        open.state = 'lost';
        this.#lose(open.shard.path, error);
      }
    }
    return open.state === 'good';
  }

  #groupByShard(keys: readonly string[]): Map<number, { readonly row: number; readonly place: number }[]> {
    const groups = new Map<number, { readonly row: number; readonly place: number }[]>();
    for (const [place, key] of keys.entries()) {
      const entry = this.#locate(key);
      if (entry < 0) throw new Error(`internal: feature ${key} is not in ${this.folder}`);
      const shardNumber = this.#index.first(entry);
      const wanted = { row: this.#index.second(entry), place };
      const group = groups.get(shardNumber);
      if (group === undefined) groups.set(shardNumber, [wanted]);
      else group.push(wanted);
    }
    return groups;
  }

  /** Reports a damaged shard and moves it out of the way, so that it is reported once. */
  #lose(path: string, error: unknown): void {
    if (!(error instanceof DamagedShardError)) throw error;
    this.#onDamaged({ path, reason: error.message.slice(path.length + 2) });
    try {
      renameSync(path, join(this.folder, `${basename(path)}.damaged`));
    } catch (renameError) {
      // Another process was quicker, or the cache is read-only: it stays ignored all the same.
      if (!['ENOENT', 'EACCES', 'EPERM', 'EROFS'].includes(systemErrorCode(renameError) ?? ''))
        throw renameError;
    }
  }
}
