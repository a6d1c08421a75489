import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../config/index.ts';
import { explainDiskError, makeExclusively, removeStale, systemErrorCode } from '../files/index.ts';

/** How locks show life, in ms. Only tests change them. */
export interface LockTiming {
  /** The holder touches its lock this often. Default 2 s. */
  readonly beatMs?: number;
  /** A lock that nobody touched for this long has lost its holder. Default 12 s. */
  readonly staleMs?: number;
}

/** The right to write one file, until `release`. */
export interface DownloadLock {
  /** @throws {UserError} DOWNLOAD_TAKEN_OVER: this process slept for so long that another one has the lock now. */
  check(): void;
  /** Also happens when the process exits. */
  release(): void;
}

/**
 * Waits for the right to write a file that other processes may be writing, by `<target>.lock`.
 *
 * The holder touches the lock as long as it lives, so that a killed one is noticed from other machines and
 * containers too, where process numbers mean nothing. Clocks are not compared: a waiting process looks whether the
 * lock changes.
 *
 * @param onWait Called once if another process is at it, with words for who that is.
 * @throws {UserError} FOLDER_NOT_WRITABLE, DISK_FULL. The reason of `signal`.
 */
export async function acquireDownloadLock(
  target: string,
  signal: AbortSignal,
  onWait: (holder: string) => void = () => {},
  { beatMs = 2_000, staleMs = 12_000 }: LockTiming = {},
): Promise<DownloadLock> {
  const path = `${target}.lock`;
  const text = `${JSON.stringify({ pid: process.pid, host: hostname(), token: randomBytes(8).toString('hex') })}\n`;
  let seen = '';
  let sinceMs = performance.now();
  let said = false;
  try {
    while (!makeExclusively(path, text)) {
      const now = look(path);
      if (now === null) continue;
      if (now.state !== seen) {
        seen = now.state;
        sinceMs = performance.now();
      } else if (performance.now() - sinceMs > staleMs) {
        const found = seen;
        removeStale(path, () => look(path)?.state === found);
        continue;
      }
      if (!said) onWait(holderOf(now.text));
      said = true;
      await sleep(Math.min(250, staleMs / 4), undefined, { signal });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw explainDiskError('claiming a file to download', path, error);
  }
  return holdLock(path, text, beatMs);
}

function holdLock(path: string, text: string, beatMs: number): DownloadLock {
  const own = (): boolean => look(path)?.text === text;
  let lost = false;
  const beat = setInterval(() => {
    try {
      if (!own()) lost = true;
      else utimesSync(path, new Date(), new Date());
    } catch (error) {
      // A network file system may be away for a moment; the next beat comes, and `check` before the end.
      if (systemErrorCode(error) === undefined) throw error;
    }
  }, beatMs);
  beat.unref();
  const release = (): void => {
    clearInterval(beat);
    process.off('exit', release);
    if (own()) rmSync(path, { force: true });
  };
  process.on('exit', release);
  const check = (): void => {
    if (!lost && own()) return;
    throw new UserError('DOWNLOAD_TAKEN_OVER', {
      where: `downloading to ${path.replace(/\.lock$/, '')}`,
      expected: 'one process that writes the file',
      found: 'this one was stopped for so long that another took over',
      hint: 'run the same command again: it waits for the other one and uses what it fetched',
    });
  };
  return { check, release };
}

/** Null: gone. `state` changes whenever the holder shows life. */
function look(path: string): { readonly text: string; readonly state: string } | null {
  try {
    const text = readFileSync(path, 'utf8');
    return { text, state: `${statSync(path).mtimeMs} ${text}` };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function holderOf(text: string): string {
  try {
    const { pid, host }: { pid?: unknown; host?: unknown } = JSON.parse(text);
    return `process ${String(pid)} on ${String(host)}`;
  } catch {
    return 'another process';
  }
}
