import { rmSync, statSync, writeFileSync } from 'node:fs';
import { systemErrorCode } from './disk-error.ts';

/** A guard is held for an instant; one that stays was left by a killed process. */
const GUARD_MS = 5_000;

/** Makes a file that is not there; false: it is. */
export function makeExclusively(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a lock whose holder is gone. Two processes may find the same one, and the slower must not remove what the
 * quicker has put in its place meanwhile: so only the holder of a guard, for the moment of the removal, may do it.
 *
 * @param isStill Whether it is the lock that was found, asked under the guard.
 * @returns Whether it was removed here; if not, the lock is to be looked at again.
 */
export function removeStale(path: string, isStill: () => boolean): boolean {
  const guard = `${path}.takeover`;
  if (!makeExclusively(guard, '')) {
    const ageMs = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (ageMs > GUARD_MS) rmSync(guard, { force: true });
    return false;
  }
  try {
    if (!isStill()) return false;
    rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}
