import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Folder of what can be made or fetched again: features, downloaded checkpoints.
 * @param asked `--cache`; else COOP_BENCH_CACHE, else the user's cache folder.
 */
export function cacheFolder(asked: string | undefined): string {
  const chosen = asked ?? process.env.COOP_BENCH_CACHE;
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'coop-bench');
}
