import type { Parallelism } from './parallelism.ts';
import type { Progress } from './progress.ts';
import type { RecordSurvey } from './record-store.ts';
import { RunLog, withoutSecrets } from './run-log.ts';
import { CellClaims } from './sharing/cell-claims.ts';
import { HolderWatch } from './sharing/holder-watch.ts';
import { lifeOf } from './sharing/process-identity.ts';
import { newRunName, RunFile, type RunNews, type RunStatus, readRuns } from './sharing/run-file.ts';
import type { PlannedTask } from './tasks.ts';
import { runtimeVersions } from './versions.ts';

/** What a run keeps in its output folder while it computes. */
export interface OpenRun {
  readonly log: RunLog;
  readonly claims: CellClaims;
  /** Frees the claims and says how the run ended. */
  end(state: Exclude<RunStatus['state'], 'running'>): void;
}

/**
 * Makes the files of a run: its log, its sign of life, its claims. Says who else works in the folder.
 *
 * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`.
 */
export function openRun(
  facts: Parallelism & {
    readonly outDir: string;
    readonly command: string;
    /** Of the whole plan. */
    readonly keys: readonly string[];
    readonly tasks: readonly PlannedTask[];
    readonly before: RecordSurvey;
    readonly progress: Progress;
    readonly note: (message: string) => void;
  },
): OpenRun {
  const { outDir, workers, threads, keys, tasks, before, progress } = facts;
  const run = newRunName();
  const command = withoutSecrets(facts.command);
  const others = readRuns(outDir).filter((other) => other.state === 'running' && lifeOf(other) !== 'gone');
  for (const { pid, host, since } of others)
    progress.note(`process ${pid} on ${host} works in this folder too, since ${since}; cells are shared`);
  const news = (): RunNews => {
    const {
      doneCells,
      failedCells,
      timeLeftMs,
      cellsPerMinute,
      memoryBytes,
      workers: places,
    } = progress.view();
    return {
      doneCells: before.ok.length + doneCells - failedCells,
      failedCells,
      timeLeftMs,
      cellsPerMinute,
      memoryBytes,
      running: places.flatMap((place) => (place === null ? [] : [place.label])),
    };
  };
  const file = new RunFile(outDir, { run, command, workers, threads }, keys, news);
  try {
    const log = new RunLog(outDir, run, new Map(tasks.map(({ id, label }) => [id, label])));
    const { versions, gitRevision } = runtimeVersions();
    log.line(
      `${command} (${workers} workers × ${threads} threads, node ${versions.node}, ${gitRevision ?? 'no revision'})`,
    );
    log.line(
      `${keys.length} cells planned, ${before.ok.length} have records, ${before.failed.length} had failed`,
    );
    const claims = new CellClaims(outDir, run, new HolderWatch(outDir));
    return {
      log,
      claims,
      end: (state) => {
        claims.releaseAll();
        const { doneCells, failedCells } = progress.view();
        log.line(`${state}: ${doneCells} cells done, ${failedCells} of them failed`);
        file.end(state);
      },
    };
  } catch (error) {
    file.end('stopped');
    throw error;
  }
}
