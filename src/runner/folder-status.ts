import { join } from 'node:path';
import { type FailedRecord, RecordStore } from './record-store.ts';
import { readClaims } from './sharing/cell-claims.ts';
import { lifeOf } from './sharing/process-identity.ts';
import { type RunStatus, readRunPlan, readRuns } from './sharing/run-file.ts';

/** A run that says nothing for this long is stopped, cut off or dead. */
const SILENT_AFTER_MS = 30_000;

/** `silent`: it may live and has said nothing for half a minute; `killed`: its process is gone. */
export type RunLife = 'running' | 'silent' | 'killed' | 'finished' | 'interrupted' | 'stopped';

/** A run in an output folder, as seen from here. */
export interface SeenRun extends Omit<RunStatus, 'state' | 'pidNamespace' | 'started' | 'beat'> {
  readonly state: RunLife;
  /** Since it last said something; by clocks of two machines, where it runs elsewhere. */
  readonly silentMs: number;
  /** Path of its log. */
  readonly log: string;
}

/** How far the work in an output folder is. */
export interface FolderStatus {
  readonly out: string;
  /** Whether a run is at work. */
  readonly alive: boolean;
  /** Of the plans of the living runs, or of the last one where none lives. */
  readonly cells: {
    readonly total: number;
    readonly done: number;
    readonly failed: number;
    readonly running: number;
    readonly left: number;
  };
  /** Of all living runs together; null: not known. */
  readonly cellsPerMinute: number | null;
  readonly timeLeftMs: number | null;
  /** Oldest first. */
  readonly runs: readonly SeenRun[];
  readonly failures: readonly FailedRecord[];
}

function lifeSeen(status: RunStatus, silentMs: number): RunLife {
  if (status.state !== 'running') return status.state;
  if (lifeOf(status) === 'gone') return 'killed';
  return silentMs > SILENT_AFTER_MS ? 'silent' : 'running';
}

/** Cells that living runs are computing, by key. */
function claimedKeys(outDir: string, runs: readonly SeenRun[]): ReadonlySet<string> {
  const living = new Set(runs.filter(isAlive).map(({ run }) => run));
  return new Set(readClaims(outDir).flatMap(({ name, holder }) => (living.has(holder.run) ? [name] : [])));
}

const isAlive = ({ state }: SeenRun): boolean => state === 'running' || state === 'silent';

/**
 * Looks at an output folder, whoever works in it. Reads only.
 *
 * @param now Milliseconds since 1970.
 * @returns Null: no run has left its files there.
 */
export function folderStatus(outDir: string, now: number = Date.now()): FolderStatus | null {
  const runs = readRuns(outDir).map((status): SeenRun => {
    const { pidNamespace: _, started: __, beat: ___, ...rest } = status;
    const silentMs = Math.max(0, now - Date.parse(status.updatedAt));
    return {
      ...rest,
      state: lifeSeen(status, silentMs),
      silentMs,
      log: join(outDir, 'logs', `${status.run}.log`),
    };
  });
  const last = runs.at(-1);
  if (last === undefined) return null;
  const living = runs.filter(isAlive);
  const counted = living.length > 0 ? living : [last];
  const keys = [...new Set(counted.flatMap(({ run }) => readRunPlan(outDir, run)))];
  const { ok, failed } = new RecordStore(outDir).survey(keys);
  const claimed = claimedKeys(outDir, runs);
  const done = new Set(ok.map(({ key }) => key));
  // One that failed before may be tried again just now.
  const gaveUp = failed.filter(({ key }) => !claimed.has(key));
  const running = keys.filter((key) => claimed.has(key) && !done.has(key)).length;
  const cells = { total: keys.length, done: ok.length, failed: gaveUp.length, running };
  const rates = living.flatMap(({ cellsPerMinute }) => cellsPerMinute ?? []);
  // Each reckons as if it were alone.
  const times = living.flatMap(({ timeLeftMs }) => (timeLeftMs ? [timeLeftMs] : []));
  return {
    out: outDir,
    alive: living.length > 0,
    cells: { ...cells, left: keys.length - ok.length - gaveUp.length - running },
    cellsPerMinute: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
    timeLeftMs: times.length === 0 ? null : 1 / times.reduce((sum, time) => sum + 1 / time, 0),
    runs,
    failures: gaveUp,
  };
}
