import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemErrorCode } from '../../files/index.ts';

/** Tells one process from every other, also from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Linux: which process numbering the pid belongs to (containers have their own); elsewhere null. */
  readonly pidNamespace: string | null;
  /** Linux: boot and start time of the process; elsewhere null. */
  readonly started: string | null;
}

let own: ProcessIdentity | null = null;

/** Identity of the calling process. */
export function ownIdentity(): ProcessIdentity {
  own ??= {
    pid: process.pid,
    host: hostname(),
    pidNamespace: namespaceOfPids(),
    started: startOf(process.pid)?.id ?? null,
  };
  return own;
}

/**
 * Whether a process still lives, as far as can be told from here.
 *
 * @returns `unknown` for a process of another host or container: its number means nothing here.
 */
export function lifeOf(identity: ProcessIdentity): 'alive' | 'gone' | 'unknown' {
  const { host, pidNamespace } = ownIdentity();
  if (identity.host !== host || identity.pidNamespace !== pidNamespace) return 'unknown';
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if (systemErrorCode(error) === 'ESRCH') return 'gone';
    // EPERM: it lives and belongs to another user.
    if (systemErrorCode(error) !== 'EPERM') throw error;
  }
  const start = startOf(identity.pid);
  if (start === null || identity.started === null) return 'alive';
  return start.dead || start.id !== identity.started ? 'gone' : 'alive';
}

function namespaceOfPids(): string | null {
  if (process.platform !== 'linux') return null;
  return readlinkSync('/proc/self/ns/pid');
}

/** Boot and start time of a process (proc(5), stat, fields 3 and 22), or null where there is no such file. */
function startOf(pid: number): { readonly id: string; readonly dead: boolean } | null {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { id: `${boot}/${fields[19]}`, dead: fields[0] === 'Z' || fields[0] === 'X' };
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}
