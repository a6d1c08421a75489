import { linkSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainDiskError, makeFolder, systemErrorCode } from '../../files/index.ts';
import { type Claimant, type Holder, holderOf, holderText, make, newToken } from './claim-file.ts';

const ENDING = '.holder';

/**
 * What all claims of a run say, in one file, `<out>/runs/<token>.holder`: a claim is another name of it, so to claim
 * a cell takes one call of the system, and to release it two.
 */
export class HolderFile implements Claimant {
  readonly token = newToken();
  readonly #path: string;
  readonly #text: string;
  #inode: bigint | null = null;

  /**
   * @param isGone Whether a holder lives no more: their files are removed.
   * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`.
   */
  constructor(outDir: string, run: string, isGone: (holder: Holder) => boolean) {
    const folder = join(outDir, 'runs');
    this.#path = join(folder, `${this.token}${ENDING}`);
    this.#text = holderText(run, this.token);
    makeFolder(folder);
    for (const name of readdirSync(folder).filter((found) => found.endsWith(ENDING))) {
      const holder = holderOf(join(folder, name));
      if (holder !== null && isGone(holder)) rmSync(join(folder, name), { force: true });
    }
    try {
      this.#write();
    } catch (error) {
      throw explainDiskError('claiming a cell', this.#path, error);
    }
  }

  place(path: string): boolean {
    try {
      linkSync(this.#path, path);
      return true;
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'EEXIST') return false;
      // Gone, or this file has as many names as its system allows: the next claims are names of a new one.
      if (code === 'ENOENT' || code === 'EMLINK') this.#write();
      return make(path, this.token, this.#text);
    }
  }

  /** Removes a claim that is a name of this file. @returns False: it is not. */
  release(path: string): boolean {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    if (found === undefined || found.ino !== this.#inode) return false;
    rmSync(path, { force: true });
    return true;
  }

  /** When no more is claimed. */
  remove(): void {
    rmSync(this.#path, { force: true });
  }

  #write(): void {
    rmSync(this.#path, { force: true });
    writeFileSync(this.#path, this.#text, { flag: 'wx' });
    this.#inode = statSync(this.#path, { bigint: true }).ino;
  }
}
