import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../config/index.ts';
import { explainDiskError, makeFolder, systemErrorCode } from '../files/index.ts';
import { lifeOf, ownIdentity } from './process-identity.ts';

const holderSchema = z.object({
  pid: z.int().min(1),
  host: z.string(),
  pidNamespace: z.string().nullable(),
  started: z.string().nullable(),
  /** ISO 8601 time at which the lock was taken. */
  since: z.string(),
  /** Tells this lock from every other. */
  token: z.string(),
});

type Holder = z.infer<typeof holderSchema>;

/** A lock file whose writer died between making and filling it; younger than this it may still be filled. */
const EMPTY_LOCK_MS = 5_000;
/** Pause while another run removes a stale lock. */
const TAKEOVER_MS = 20;

/** The right to write into an output folder, until `release`. */
export interface RunLock {
  readonly path: string;
  /** True if a lock was found whose holder had died. */
  readonly tookOver: boolean;
  /** Gives the folder free; harmless when called again. Also happens when the process exits. */
  release(): void;
}

/**
 * Claims an output folder for this process with the file `<out>/run.lock`.
 *
 * A lock whose process is gone (killed, crashed, machine restarted) is taken over. A process on another machine or
 * in another container cannot be looked at, so its lock stands.
 *
 * @throws {UserError} `FOLDER_IN_USE`: another run writes there; says who and since when. `FOLDER_NOT_WRITABLE`,
 *   `DISK_FULL`: the lock cannot be written.
 */
export function acquireRunLock(outDir: string): RunLock {
  makeFolder(outDir);
  const path = join(outDir, 'run.lock');
  const token = randomBytes(8).toString('hex');
  const own: Holder = { ...ownIdentity(), since: new Date().toISOString(), token };
  let tookOver = false;
  try {
    while (!claim(path, own)) {
      const found = readHolder(path);
      if (found === null) continue;
      if (found.state !== 'stale') throw inUse(path, found.holder);
      tookOver = removeStale(path, found.text) || tookOver;
    }
  } catch (error) {
    throw explainDiskError('claiming the output folder', path, error);
  }
  const release = (): void => {
    process.off('exit', release);
    // Someone may have deleted our lock by hand and another run taken the folder since.
    const now = readHolder(path);
    if (now?.holder?.token === token) rmSync(path, { force: true });
  };
  process.on('exit', release);
  return { path, tookOver, release };
}

/** Makes the lock file with its content in one step. False: another one is there. */
function claim(path: string, own: Holder): boolean {
  const temporary = `${path}.${own.token}`;
  const text = `${JSON.stringify(own)}\n`;
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST') return false;
    // File systems without hard links: make and fill, which `readHolder` allows for.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return claimWithoutLink(path, text);
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function claimWithoutLink(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

interface FoundLock {
  readonly state: 'held' | 'stale';
  readonly text: string;
  /** Null: the file says nothing readable. */
  readonly holder: Holder | null;
}

/** Null: the lock has gone since. */
function readHolder(path: string): FoundLock | null {
  let text: string;
  let ageMs: number;
  try {
    text = readFileSync(path, 'utf8');
    ageMs = Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
  const holder = parseHolder(text);
  if (holder === null) return { state: ageMs > EMPTY_LOCK_MS ? 'stale' : 'held', text, holder };
  return { state: lifeOf(holder) === 'gone' ? 'stale' : 'held', text, holder };
}

function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/**
 * Removes a stale lock. Two runs may find the same one, and the slower must not remove what the quicker has put in
 * its place meanwhile: so only the holder of a second lock, for the moment of the removal, may do it.
 *
 * @returns Whether it was removed here; if not, the lock is to be looked at again.
 */
function removeStale(path: string, staleText: string): boolean {
  const guard = `${path}.takeover`;
  if (!claimWithoutLink(guard, '')) {
    const ageMs = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (ageMs > EMPTY_LOCK_MS) rmSync(guard, { force: true });
    sleep(TAKEOVER_MS);
    return false;
  }
  try {
    if (readHolder(path)?.text !== staleText) return false;
    rmSync(path);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Blocks this thread: taking a lock comes before any other work. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function inUse(path: string, holder: Holder | null): UserError {
  const who = holder === null ? 'a run that is just starting' : `process ${holder.pid} on ${holder.host}`;
  const since = holder === null ? '' : `, since ${holder.since}`;
  const elsewhere = holder !== null && lifeOf(holder) === 'unknown';
  return new UserError('FOLDER_IN_USE', {
    where: `another run writes into this folder: ${path}`,
    expected: 'one run at a time in an output folder',
    found: `${who}${since}`,
    hint: elsewhere
      ? 'wait for it, or use another --out; if that run is surely dead, delete the lock file'
      : 'wait for it, stop it, or use another --out',
  });
}
