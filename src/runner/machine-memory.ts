import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** A file's text; null where there is none or it may not be read. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Bytes in a file of one number; null for none, or for "max". */
function bytesOf(path: string): number | null {
  const value = Number(textOf(path)?.trim() || Number.NaN);
  return Number.isFinite(value) ? value : null;
}

/** A folder and those above it, up to `top`. */
function upwards(folder: string, top: string): string[] {
  const folders = [top];
  for (let at = folder; at.startsWith(top) && at !== top; at = dirname(at)) folders.push(at);
  return folders;
}

/** What a control group leaves to its members: its limit less what is held; caches of files can be taken back. */
function leftIn(
  folder: string,
  names: { readonly limit: string; readonly usage: string; readonly cache: string },
) {
  const limit = bytesOf(join(folder, names.limit));
  const usage = bytesOf(join(folder, names.usage));
  if (limit === null || usage === null) return Number.POSITIVE_INFINITY;
  const cache = new RegExp(`^${names.cache} (\\d+)$`, 'm').exec(textOf(join(folder, 'memory.stat')) ?? '');
  return Math.max(0, limit - usage + Number(cache?.[1] ?? 0));
}

const V1 = {
  limit: 'memory.limit_in_bytes',
  usage: 'memory.usage_in_bytes',
  cache: 'total_inactive_file',
} as const;
const V2 = { limit: 'memory.max', usage: 'memory.current', cache: 'inactive_file' } as const;

/** What the control groups of this process leave it: containers and batch systems set their limits so. */
function leftInGroups(root: string): number {
  const groups = (textOf('/proc/self/cgroup') ?? '').split('\n');
  const left = groups.map((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined || controllers === undefined) return Number.POSITIVE_INFINITY;
    const isV1 = controllers.split(',').includes('memory');
    if (!isV1 && controllers !== '') return Number.POSITIVE_INFINITY;
    const top = isV1 ? join(root, 'memory') : root;
    return Math.min(...upwards(join(top, path), top).map((folder) => leftIn(folder, isV1 ? V1 : V2)));
  });
  return Math.min(...left);
}

/**
 * Memory this process may still take, in bytes: what the system says is available, and no more than the limits of
 * its control groups leave.
 */
export function availableMemory(cgroups = '/sys/fs/cgroup'): number {
  if (process.platform !== 'linux') {
    // What is called free leaves out caches that would be given up at once.
    return Math.max(freemem(), totalmem() / 2);
  }
  const available = /^MemAvailable: +(\d+) kB$/m.exec(textOf('/proc/meminfo') ?? '');
  return Math.min(available ? Number(available[1]) * 1024 : freemem(), leftInGroups(cgroups));
}
