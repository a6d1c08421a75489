import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../config/index.ts';
import { remark } from './command-options.ts';

/** Cells of a report by their state. */
export interface ReportCounts {
  readonly cells: number;
  readonly ok: number;
  readonly failed: number;
  readonly missing: number;
}

/**
 * Writes a report from the records that are there now.
 *
 * @param reloadSeconds After how long its pages load themselves again; null: not.
 * @throws {UserError} NO_RECORDS, and what writing throws.
 */
export type RenderReport = (reloadSeconds: number | null) => Promise<ReportCounts>;

/** How often the folder is looked at, and pages load themselves again. */
const EVERY_MS = 3000;
const RELOAD_SECONDS = 5;

/** What tells one state of a folder of records from another. */
function stateOf(folder: string): string {
  if (!existsSync(folder)) return '';
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const newest = names.reduce((latest, name) => {
    // A record may be replaced between the two calls.
    const time = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Math.max(latest, time);
  }, 0);
  return `${names.length} ${newest}`;
}

/**
 * Writes a report again whenever its folder's records change, until no cell is missing or the person stops it; its pages
 * load themselves again meanwhile, and the last ones do not.
 *
 * @param finishes Whether the report knows of missing cells: a report of whatever is there never ends by itself.
 */
export async function watchReport(
  folder: string,
  render: RenderReport,
  { finishes, every = EVERY_MS }: { readonly finishes: boolean; readonly every?: number },
): Promise<ReportCounts> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    let seen: string | null = null;
    while (!stop.signal.aborted) {
      const state = stateOf(join(folder, 'records'));
      if (state !== seen) {
        seen = state;
        const counts = await unlessEmpty(render, RELOAD_SECONDS);
        if (counts !== null)
          remark(`${counts.ok} of ${counts.cells} cells shown; watching for more (Ctrl-C ends)`);
        if (finishes && counts?.missing === 0) break;
      }
      await pause(every, undefined, { signal: stop.signal }).catch(() => {});
    }
    return (await unlessEmpty(render, null)) ?? { cells: 0, ok: 0, failed: 0, missing: 0 };
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** A run that has just begun has no records yet. */
async function unlessEmpty(render: RenderReport, reloadSeconds: number | null): Promise<ReportCounts | null> {
  try {
    return await render(reloadSeconds);
  } catch (error) {
    if (error instanceof UserError && error.code === 'NO_RECORDS') return null;
    throw error;
  }
}
