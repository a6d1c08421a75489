import { closeSync, fstatSync, linkSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explainDiskError, makeFolder, systemErrorCode } from '../../files/index.ts';
import { type Claimant, type Holder, holderOf, holderText, make, newToken } from './claim-file.ts';

const ENDING = '.holder';
/** A file that is being written can be read long before. */
const UNREADABLE_MS = 60_000;

/**
 * What all claims of a run say, in one file, `<out>/runs/<token>.holder`: a claim is another name of it, so to claim
 * a cell takes one call of the system, and to release it two.
 */
export class HolderFile implements Claimant {
  readonly token = newToken();
  readonly #path: string;
  readonly #text: string;
  /** Device and number of the file on it; an open file's number is given to no other. */
  #identity = '';
  #open: number | null = null;

  /**
   * @param isGone Whether a holder lives no more: their files are removed.
   * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`.
   */
  constructor(outDir: string, run: string, isGone: (holder: Holder) => boolean) {
    const folder = join(outDir, 'runs');
    this.#path = join(folder, `${this.token}${ENDING}`);
    this.#text = holderText(run, this.token);
    try {
      this.#write();
      removeOfDeadRuns(folder, isGone);
    } catch (error) {
      this.remove();
      throw explainDiskError('claiming a cell', this.#path, error);
    }
  }

  place(path: string): boolean {
    try {
      linkSync(this.#path, path);
      return true;
    } catch (error) {
      const code = systemErrorCode(error);
      // A network file system may have made the link and lost the answer to the first call.
      if (code === 'EEXIST') return this.#isOwn(path);
      // Gone, or this file has as many names as its system allows: the next claims are names of a new one.
      if (code === 'ENOENT' || code === 'EMLINK') this.#write();
      return make(path, this.token, this.#text);
    }
  }

  /** Removes a claim that is a name of this file. @returns False: it is not. */
  release(path: string): boolean {
    if (!this.#isOwn(path)) return false;
    rmSync(path, { force: true });
    return true;
  }

  /** When no more is claimed. */
  remove(): void {
    rmSync(this.#path, { force: true });
    this.#close();
  }

  #isOwn(path: string): boolean {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    return found !== undefined && `${found.dev} ${found.ino}` === this.#identity;
  }

  #write(): void {
    this.remove();
    makeFolder(dirname(this.#path));
    this.#open = openSync(this.#path, 'wx');
    writeSync(this.#open, this.#text);
    const { dev, ino } = fstatSync(this.#open, { bigint: true });
    this.#identity = `${dev} ${ino}`;
  }

  #close(): void {
    if (this.#open !== null) closeSync(this.#open);
    this.#open = null;
  }
}

/** Files of runs that are gone; what says nothing readable was cut off by a crash, or is being written. */
function removeOfDeadRuns(folder: string, isGone: (holder: Holder) => boolean): void {
  for (const name of readdirSync(folder).filter((found) => found.endsWith(ENDING))) {
    const path = join(folder, name);
    const holder = holderOf(path);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    const stale = holder === null ? Date.now() - mtimeMs > UNREADABLE_MS : isGone(holder);
    if (stale) rmSync(path, { force: true });
  }
}
