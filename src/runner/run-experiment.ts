import { type CellRecord, type PlannedCell, UserError } from '../config/index.ts';
import { CellGate } from './cell-gate.ts';
import { type CellGroup, planGroups } from './cell-groups.ts';
import { computeCells, failedIn } from './compute-cells.ts';
import { diskError, diskNeed, isDiskError } from './disk-need.ts';
import { type Experiment, planCells } from './experiment.ts';
import { FeatureStore } from './feature-store.ts';
import type { JobPlace } from './job.ts';
import { openRun } from './open-run.ts';
import { type Parallelism, sparePictureThreads } from './parallelism.ts';
import { type DrawOf, rememberedDraws } from './picture-needs.ts';
import { createProgress, type ProgressMode } from './progress.ts';
import { cellsWithoutPrompt, hasPrompts, preparePrompts, promptFolder } from './prompt-store.ts';
import { RecordStore, type RecordSurvey } from './record-store.ts';
import type { RemotePool } from './remote-pool.ts';
import { withReportLock } from './sharing/report-lock.ts';
import { type PlannedTask, planTasks } from './tasks.ts';

/** Where a run reads and writes, and how much of the machine it takes. */
export interface RunSettings extends Parallelism {
  readonly outDir: string;
  readonly cacheDir: string;
  readonly progress: ProgressMode;
  /** Compute the cells of part I of N only; parts interleave. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The command line, for whoever asks what runs here. */
  readonly command: string;
  /** Who computes instead of this machine. */
  readonly remote?: RemotePool | undefined;
  /** A remark for the person before and after the work. */
  readonly note: (message: string) => void;
  /** Writes the report. Called once unless the run was interrupted, while no other run writes in the folder. */
  readonly report: (summary: RunSummary) => Promise<void>;
}

/** What a run leaves behind. */
export interface RunSummary {
  /** The whole plan, of all shards. */
  readonly cells: readonly PlannedCell[];
  /** Every record of the plan that stands in the folder now, in the plan's order. */
  readonly records: readonly CellRecord[];
  readonly computed: number;
  /** Cells that had their records before. */
  readonly reused: number;
  /** Cells that other runs computed meanwhile. */
  readonly elsewhere: number;
  readonly failed: number;
  readonly interrupted: boolean;
  /** Whether the folder of prompts holds any. */
  readonly learnedPrompts: boolean;
}

/** Part I of N of the groups; parts interleave. Cells that are computed together stay together. */
const shardOf = (groups: readonly CellGroup[], shard: RunSettings['shard']): readonly CellGroup[] =>
  shard === undefined ? groups : groups.filter((_, i) => i % shard.count === shard.index - 1);

/** Tells what a person should know of the records that are there. */
function remarkOn(survey: RecordSurvey, outDir: string, note: RunSettings['note']): void {
  for (const { path, reason } of survey.damaged)
    note(`a record is damaged and its cell runs again: ${path}: ${reason}`);
  const [first, ...others] = cellsWithoutPrompt(outDir, survey.ok);
  if (first === undefined) return;
  note(
    `${others.length + 1} finished cells have no prompt in ${promptFolder(outDir)}; to have them, remove their records (${first}.json${others.length > 0 ? ', …' : ''}) and run again`,
  );
}

/** What is to do: tasks, and the cells they compute. */
interface OpenWork {
  readonly tasks: readonly PlannedTask[];
  readonly pending: readonly PlannedCell[];
}

/**
 * Runs what is left of an experiment: cells with a complete record are not computed again. Every finished cell's
 * record is on disk before the next event, so a killed run loses only what was in the air. Runs that are given one
 * output folder divide the cells between them, and each ends with all of its plan.
 *
 * @throws {UserError} FOLDER_NOT_WRITABLE (of records or cache), DISK_FULL, POOL_START_FAILED; and what `report` throws.
 */
export async function runExperiment(experiment: Experiment, settings: RunSettings): Promise<RunSummary> {
  const { outDir, cacheDir, note, signal } = settings;
  const cells = planCells(experiment);
  const keys = cells.map(({ key }) => key);
  const store = new RecordStore(outDir);
  const before = store.survey(keys);
  remarkOn(before, outDir, note);
  const done = new Set(before.ok.map(({ key }) => key));
  const work = openWork(experiment, cells, done, settings);
  let computed = 0;
  if (work.pending.length === 0) {
    const all =
      done.size === cells.length
        ? `all ${done.size} cells`
        : `all cells of this shard (${done.size} of the plan's ${cells.length} in all)`;
    note(`nothing to compute: ${all} have their records in ${store.folder}`);
  } else {
    FeatureStore.prepareFolder(cacheDir);
    store.prepare();
    preparePrompts(outDir);
    if (done.size > 0) note(`${done.size} cells have their records already; ${work.pending.length} are left`);
    computed = await computeOpen(experiment, work, { keys, before, store }, settings);
  }
  const summarise = (): RunSummary => {
    const after = store.survey(keys);
    const byKey = new Map([...after.ok, ...after.failed].map((record) => [record.key, record]));
    return {
      cells,
      records: keys.flatMap((key) => byKey.get(key) ?? []),
      computed,
      reused: done.size,
      elsewhere: Math.max(0, after.ok.length - done.size - computed),
      failed: after.failed.length,
      interrupted: signal?.aborted ?? false,
      learnedPrompts: hasPrompts(outDir),
    };
  };
  if (signal?.aborted) return summarise();
  const onWait = (): void => note('another run writes the report; waiting for it');
  try {
    return await withReportLock(outDir, { signal, onWait }, async () => {
      const summary = summarise();
      await settings.report(summary);
      return summary;
    });
  } catch (error) {
    // Stopped while it waited for another run's report; once the report is begun the signal is not heeded.
    if (signal?.aborted && (error === signal.reason || (error as Error).name === 'AbortError'))
      return summarise();
    if (error instanceof UserError && isDiskError(error))
      throw diskError(error, diskNeed(outDir, [], 0), settings);
    throw error;
  }
}

function openWork(
  experiment: Experiment,
  cells: readonly PlannedCell[],
  done: ReadonlySet<string>,
  { outDir, cacheDir, workers, threads, shard, remote }: RunSettings,
): OpenWork {
  if (done.size === cells.length) return { tasks: [], pending: [] };
  const drawOf: DrawOf = rememberedDraws();
  const groups = shardOf(planGroups(experiment, cells, drawOf), shard);
  const open = groups.filter((group) => group.cells.some(({ key }) => !done.has(key)));
  const pending = open.flatMap((group) => group.cells.filter(({ key }) => !done.has(key)));
  const place = (backbone: Experiment['backbones'][0]): JobPlace => ({
    checkpoint: backbone.path,
    checkpointSha256: backbone.sha256,
    model: backbone.size,
    activation: backbone.activation,
    data: experiment.data,
    cacheDir,
    promptDir: promptFolder(outDir),
    runtime: experiment.runtime,
    pictureThreads: sparePictureThreads({ workers, threads }),
    engineVersions: experiment.engineVersions,
  });
  const wanted = new Set(pending.map(({ key }) => key));
  const planned = planTasks(experiment, open, wanted, place, drawOf);
  // Who computes elsewhere encodes the pictures there.
  const tasks = remote ? planned.filter(({ payload }) => payload.kind === 'cells') : planned;
  return { tasks, pending };
}

/** @returns How many cells were computed here. */
async function computeOpen(
  experiment: Experiment,
  { tasks, pending }: OpenWork,
  plan: { readonly keys: readonly string[]; readonly before: RecordSurvey; readonly store: RecordStore },
  settings: RunSettings,
): Promise<number> {
  const { outDir, cacheDir, workers, threads, signal, command, note, remote } = settings;
  const { keys, before, store } = plan;
  const ownMemory = () => process.memoryUsage.rss();
  const places = remote ? 1 : workers;
  const progress = createProgress({ mode: settings.progress, tasks, workers: places, failedIn, ownMemory });
  try {
    const run = openRun({ outDir, command, workers, threads, keys, tasks, before, progress, note });
    const stopping = (): void => {
      run.log.line('asked to stop');
      progress.note('stopping after the current steps; press Ctrl-C again to stop at once');
    };
    signal?.addEventListener('abort', stopping, { once: true });
    try {
      const gate = new CellGate(store, run.claims, before.failed);
      const onEvent = (event: Parameters<typeof progress.handle>[0]): void => run.log.event(event);
      const how = { workers, threads, outDir, cacheDir, store, gate, progress, onEvent, signal, remote };
      const computed = await computeCells(experiment, tasks, pending, how);
      run.end(signal?.aborted ? 'interrupted' : 'finished');
      return computed;
    } catch (error) {
      run.log.line(`stopped: ${error instanceof Error ? error.stack : String(error)}`);
      run.end('stopped');
      throw error;
    } finally {
      signal?.removeEventListener('abort', stopping);
    }
  } finally {
    progress.close();
  }
}
