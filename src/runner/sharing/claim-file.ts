import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { makeExclusively, removeStale, systemErrorCode } from '../../files/index.ts';
import { ownIdentity } from './process-identity.ts';

const holderSchema = z.object({
  /** Name of the run that holds it; see `RunFile`. */
  run: z.string(),
  pid: z.int().min(1),
  host: z.string(),
  pidNamespace: z.string().nullable(),
  started: z.string().nullable(),
  /** ISO 8601 time at which it was taken; of a cell's claim, at which its run began to claim. */
  since: z.string(),
  /** Tells this claim from every other. */
  token: z.string(),
});

/** Who holds a claim. */
export type Holder = z.infer<typeof holderSchema>;

/** A claim whose writer died between making and filling it; younger than this it may still be filled. */
const EMPTY_CLAIM_MS = 5_000;
/** Tries while other runs take and free the same claim. */
const TRIES = 20;

/** What came of an attempt. `holder` is null where the file says nothing readable. */
export type Attempt =
  | { readonly taken: true; readonly claim: Claim; readonly tookOver: boolean }
  | { readonly taken: false; readonly holder: Holder | null };

/** The sole right to something, until it is released. */
export interface Claim {
  readonly path: string;
  readonly token: string;
}

/** Who claims: what a claim of theirs says, and how one is made. */
export interface Claimant {
  readonly token: string;
  /** Makes the file with all that it says in one step. @returns False: another one is there. */
  place(path: string): boolean;
}

/** What a claim says of its holder, a line of JSON. @param token Tells the claim, or the claimant, from every other. */
export function holderText(run: string, token: string): string {
  const own: Holder = { run, ...ownIdentity(), since: new Date().toISOString(), token };
  return `${JSON.stringify(own)}\n`;
}

export const newToken = (): string => randomBytes(8).toString('hex');

/** Makes one claim. */
export function oneClaim(run: string): Claimant {
  const token = newToken();
  const text = holderText(run, token);
  return { token, place: (path) => make(path, token, text) };
}

/**
 * Takes a claim: a small file that says who holds it, made in one step.
 *
 * A claim whose holder is gone (killed, crashed, machine restarted) is taken over.
 *
 * @param path The folder must exist. @param isGone Whether a holder lives no more.
 */
export function tryClaim(path: string, claimant: Claimant, isGone: (holder: Holder) => boolean): Attempt {
  let tookOver = false;
  for (let tries = 0; tries < TRIES; tries++) {
    if (claimant.place(path)) return { taken: true, claim: { path, token: claimant.token }, tookOver };
    const found = readClaim(path);
    if (found === null) continue;
    const stale = found.holder === null ? found.ageMs > EMPTY_CLAIM_MS : isGone(found.holder);
    if (!stale) return { taken: false, holder: found.holder };
    const removed = removeStale(path, () => readClaim(path)?.text === found.text);
    if (!removed) sleep(TAKEOVER_MS);
    tookOver = removed || tookOver;
  }
  return { taken: false, holder: null };
}

/** Gives a claim free; harmless when called again, or when the file is another's by now. */
export function releaseClaim({ path, token }: Claim): void {
  // Someone may have deleted ours by hand and another run taken the place since.
  if (readClaim(path)?.holder?.token === token) rmSync(path, { force: true });
}

/** Who holds a claim; null: nobody, or nothing readable. */
export function holderOf(path: string): Holder | null {
  return readClaim(path)?.holder ?? null;
}

/** Makes the file with its content in one step. False: another one is there. */
export function make(path: string, token: string, text: string): boolean {
  const temporary = `${path}.${token}.tmp`;
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST') return false;
    // File systems without hard links: make and fill, which `readClaim` allows for.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return makeExclusively(path, text);
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

interface FoundClaim {
  readonly text: string;
  readonly ageMs: number;
  readonly holder: Holder | null;
}

/** Null: it has gone since. */
function readClaim(path: string): FoundClaim | null {
  try {
    const text = readFileSync(path, 'utf8');
    return { text, ageMs: Date.now() - statSync(path).mtimeMs, holder: parseHolder(text) };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** Pause while another run removes a stale claim. */
const TAKEOVER_MS = 5;

/** Blocks this thread, for an instant. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
