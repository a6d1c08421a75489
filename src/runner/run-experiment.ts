import type { CellRecord, PlannedCell } from '../config/index.ts';
import { tensorflowEnvironment } from '../runtime/index.ts';
import { type CellGroup, planGroups } from './cell-groups.ts';
import { type Experiment, planCells } from './experiment.ts';
import { failedRecord } from './failed-record.ts';
import { FeatureStore } from './feature-store.ts';
import type { JobPlace, JobValue } from './job.ts';
import { type Parallelism, sparePictureThreads } from './parallelism.ts';
import { type DrawOf, rememberedDraws } from './picture-needs.ts';
import { runTasks } from './pool-client.ts';
import { createProgress, type ProgressMode } from './progress.ts';
import { cellsWithoutPrompt, hasPrompts, preparePrompts, promptFolder } from './prompt-store.ts';
import { RecordStore } from './record-store.ts';
import type { RemotePool } from './remote-pool.ts';
import { acquireRunLock } from './run-lock.ts';
import type { PoolEvent } from './task.ts';
import { planTasks } from './tasks.ts';

/** Where a run reads and writes, and how much of the machine it takes. */
export interface RunSettings extends Parallelism {
  readonly outDir: string;
  readonly cacheDir: string;
  readonly progress: ProgressMode;
  /** Compute the cells of part I of N only; parts interleave. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Who computes instead of this machine. */
  readonly remote?: RemotePool | undefined;
  /** A remark for the person before and after the work. */
  readonly note: (message: string) => void;
}

/** What a run leaves behind. */
export interface RunSummary {
  /** The whole plan, of all shards. */
  readonly cells: readonly PlannedCell[];
  /** Every record of the plan that stands in the folder now, in the plan's order. */
  readonly records: readonly CellRecord[];
  readonly computed: number;
  readonly reused: number;
  readonly failed: number;
  readonly interrupted: boolean;
  /** Whether the folder of prompts holds any. */
  readonly learnedPrompts: boolean;
}

/** Part I of N of the groups; parts interleave. Cells that are computed together stay together. */
const shardOf = (groups: readonly CellGroup[], shard: RunSettings['shard']): readonly CellGroup[] =>
  shard === undefined ? groups : groups.filter((_, i) => i % shard.count === shard.index - 1);

/**
 * Runs what is left of an experiment: cells with a complete record are not computed again. Every finished cell's
 * record is on disk before the next event, so a killed run loses only what was in the air.
 *
 * @throws {UserError} FOLDER_IN_USE, FOLDER_NOT_WRITABLE (of records or cache), DISK_FULL, POOL_START_FAILED.
 */
export async function runExperiment(experiment: Experiment, settings: RunSettings): Promise<RunSummary> {
  const { outDir, cacheDir, note, workers, threads, signal } = settings;
  const cells = planCells(experiment);
  const keys = cells.map(({ key }) => key);
  const lock = acquireRunLock(outDir);
  try {
    const store = new RecordStore(outDir);
    const before = store.survey(keys);
    for (const { path, reason } of before.damaged)
      note(`a record is damaged and its cell runs again: ${path}: ${reason}`);
    const done = new Set(before.ok.map(({ key }) => key));
    const promptless = cellsWithoutPrompt(outDir, before.ok);
    if (promptless.length > 0) {
      const [first] = promptless as [string];
      note(
        `${promptless.length} finished cells have no prompt in ${promptFolder(outDir)}; to have them, remove their records (${first}.json${promptless.length > 1 ? ', …' : ''}) and run again`,
      );
    }
    const drawOf = rememberedDraws();
    const left = cells.filter(({ key }) => !done.has(key));
    const groups = left.length === 0 ? [] : shardOf(planGroups(experiment, cells, drawOf), settings.shard);
    const open = groups.filter((group) => group.cells.some(({ key }) => !done.has(key)));
    const pending = open.flatMap((group) => group.cells.filter(({ key }) => !done.has(key)));
    if (pending.length === 0) {
      const all =
        done.size === cells.length
          ? `all ${done.size} cells`
          : `all cells of this shard (${done.size} of the plan's ${cells.length} in all)`;
      note(`nothing to compute: ${all} have their records in ${store.folder}`);
    } else {
      FeatureStore.prepareFolder(cacheDir);
      store.prepare();
      preparePrompts(outDir);
      if (done.size > 0) note(`${done.size} cells have their records already; ${pending.length} are left`);
      await computeCells(experiment, open, pending, drawOf, settings, store);
    }
    const after = store.survey(keys);
    const byKey = new Map([...after.ok, ...after.failed].map((record) => [record.key, record]));
    return {
      cells,
      records: keys.flatMap((key) => byKey.get(key) ?? []),
      computed: after.ok.length - done.size,
      reused: done.size,
      failed: after.failed.length,
      interrupted: signal?.aborted ?? false,
      learnedPrompts: hasPrompts(outDir),
    };
  } finally {
    lock.release();
  }

  async function computeCells(
    of: Experiment,
    groups: readonly CellGroup[],
    pending: readonly PlannedCell[],
    drawOf: DrawOf,
    { progress: mode, remote }: RunSettings,
    store: RecordStore,
  ): Promise<void> {
    const planned = planTasks(
      of,
      groups,
      new Set(pending.map(({ key }) => key)),
      (backbone): JobPlace => ({
        checkpoint: backbone.path,
        checkpointSha256: backbone.sha256,
        model: backbone.size,
        activation: backbone.activation,
        data: of.data,
        cacheDir,
        promptDir: promptFolder(outDir),
        runtime: of.runtime,
        pictureThreads: sparePictureThreads({ workers, threads }),
        engineVersions: of.engineVersions,
      }),
      drawOf,
    );
    const tasks = remote ? planned.filter(({ payload }) => payload.kind === 'cells') : planned;
    const keysOf = new Map(
      tasks.flatMap(({ id, payload }) => (payload.kind === 'cells' ? [[id, payload.wanted]] : [])),
    );
    const byKey = new Map(pending.map((planned) => [planned.key, planned]));
    const progress = createProgress({ mode, tasks, workers: remote ? 1 : workers });
    const stopping = (): void =>
      progress.note('stopping after the current steps; press Ctrl-C again to stop at once');
    signal?.addEventListener('abort', stopping, { once: true });
    const onEvent = (event: PoolEvent<JobValue>): void => {
      if (event.kind === 'finish') {
        const { outcome } = event;
        if (outcome.status === 'ok' && outcome.value.kind === 'cells') {
          for (const record of outcome.value.records) store.write(record);
        }
        if (outcome.status === 'failed') {
          for (const key of keysOf.get(outcome.taskId) ?? [])
            store.write(failedRecord(byKey.get(key)!, outcome.error, threads, of.engineVersions));
        }
      }
      progress.handle(event);
    };
    try {
      if (remote) await remote.run(tasks, { promptDir: promptFolder(outDir), onEvent, signal });
      else
        await runTasks<JobValue>(tasks, {
          workers,
          threads,
          environment: of.runtime.engine === 'tensorflow' ? tensorflowEnvironment(threads) : {},
          workerModule: new URL('./worker.ts', import.meta.url),
          onEvent,
          ...(signal ? { signal } : {}),
        });
    } finally {
      signal?.removeEventListener('abort', stopping);
      progress.close();
    }
  }
}
