import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { explainDiskError, makeFolder, systemErrorCode } from '../../files/index.ts';
import { type Claim, type Holder, holderOf, releaseClaim, tryClaim } from './claim-file.ts';
import { HolderFile } from './holder-file.ts';
import type { HolderWatch } from './holder-watch.ts';

/** Temporary files of claims are renamed within milliseconds. */
const ABANDONED_MS = 60_000;

const claimFolder = (outDir: string): string => join(outDir, 'claims');

/**
 * What this run is computing in an output folder that other runs may share: one small file a name (a cell's key),
 * `<out>/claims/<name>`. What is claimed here nobody else computes; what a dead run had claimed may be claimed again.
 */
export class CellClaims {
  readonly #folder: string;
  readonly #watch: HolderWatch;
  readonly #holder: HolderFile;
  readonly #held = new Map<string, Claim>();
  readonly #releaseAll = (): void => this.releaseAll();

  /**
   * @param run Name of this run.
   * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`.
   */
  constructor(outDir: string, run: string, watch: HolderWatch) {
    this.#folder = claimFolder(outDir);
    this.#watch = watch;
    makeFolder(this.#folder);
    this.#holder = new HolderFile(outDir, run, (holder) => watch.isGone(holder));
    process.on('exit', this.#releaseAll);
    this.#removeLeftovers();
  }

  /**
   * Claims all of the names, or none.
   *
   * @returns False: another run holds one of them.
   * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`.
   */
  take(names: readonly string[]): boolean {
    const taken: string[] = [];
    // In one order everywhere, so that of two runs that want the same names one gets them all.
    for (const name of names.toSorted()) {
      if (this.#held.has(name)) continue;
      if (this.#takeOne(name)) {
        taken.push(name);
        continue;
      }
      this.release(taken);
      return false;
    }
    return true;
  }

  /** Gives names free; those that are not held are left alone. */
  release(names: readonly string[]): void {
    for (const name of names) {
      const claim = this.#held.get(name);
      if (claim === undefined) continue;
      this.#held.delete(name);
      if (!this.#holder.release(claim.path)) releaseClaim(claim);
    }
  }

  /** Gives all free and ends the use of this object. Also happens when the process exits. */
  releaseAll(): void {
    process.off('exit', this.#releaseAll);
    this.release([...this.#held.keys()]);
    this.#holder.remove();
  }

  #takeOne(name: string): boolean {
    const path = join(this.#folder, name);
    try {
      const attempt = tryClaim(path, this.#holder, (holder) => this.#watch.isGone(holder));
      if (attempt.taken) this.#held.set(name, attempt.claim);
      return attempt.taken;
    } catch (error) {
      throw explainDiskError('claiming a cell', path, error);
    }
  }

  /** What killed runs left: claims of dead processes, half-made files. */
  #removeLeftovers(): void {
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      if (!/\.(tmp|takeover)$/.test(name)) {
        const holder = holderOf(path);
        if (holder === null || !this.#watch.isGone(holder)) continue;
        const attempt = tryClaim(path, this.#holder, (other) => this.#watch.isGone(other));
        if (attempt.taken) releaseClaim(attempt.claim);
      } else if (
        Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) >
        ABANDONED_MS
      ) {
        rmSync(path, { force: true });
      }
    }
  }
}

/** Everything that is claimed in a folder, with its holder. */
export function readClaims(outDir: string): { readonly name: string; readonly holder: Holder }[] {
  const folder = claimFolder(outDir);
  try {
    const names = readdirSync(folder).filter((name) => !/\.(tmp|takeover)$/.test(name));
    return names.flatMap((name) => {
      const holder = holderOf(join(folder, name));
      return holder === null ? [] : [{ name, holder }];
    });
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
