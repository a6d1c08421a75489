import { type CellRecord, type PlannedCell, UserError } from '../config/index.ts';
import { tensorflowEnvironment } from '../runtime/index.ts';
import type { CellGate } from './cell-gate.ts';
import { diskError, diskNeed, isDiskError } from './disk-need.ts';
import type { Experiment } from './experiment.ts';
import { failedRecord } from './failed-record.ts';
import type { Job, JobValue } from './job.ts';
import type { Parallelism } from './parallelism.ts';
import { runTasks } from './pool-client.ts';
import type { Progress } from './progress.ts';
import { promptFolder } from './prompt-store.ts';
import type { RecordStore } from './record-store.ts';
import type { RemotePool } from './remote-pool.ts';
import type { Outcome, PoolEvent, Task, TaskError } from './task.ts';
import type { PlannedTask } from './tasks.ts';

/** What computing needs besides its tasks. */
export interface ComputeSettings extends Parallelism {
  readonly outDir: string;
  readonly cacheDir: string;
  readonly store: RecordStore;
  readonly gate: CellGate;
  readonly progress: Progress;
  readonly onEvent: (event: PoolEvent<JobValue>) => void;
  readonly signal?: AbortSignal | undefined;
  /** Who computes instead of this machine. */
  readonly remote?: RemotePool | undefined;
}

/** Cells of a finished task that could not be computed. */
export function failedIn(value: unknown): number {
  const { kind, records } = value as Partial<Extract<JobValue, { kind: 'cells' }>>;
  return kind === 'cells' ? (records ?? []).filter(({ status }) => status === 'failed').length : 0;
}

/** Waits for all, also where one fails: claims are held until none is on its way. @throws What failed first. */
async function allKept(writing: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(writing);
  await Promise.all(writing);
}

/**
 * Runs tasks in the pool, here or elsewhere, and writes the record of every cell that ends before anything else is
 * told of it; the pool computes on meanwhile.
 *
 * @returns How many cells were computed here.
 * @throws {UserError} DISK_FULL with what the rest needs, FOLDER_NOT_WRITABLE, POOL_START_FAILED.
 */
export async function computeCells(
  { runtime, engineVersions }: Pick<Experiment, 'runtime' | 'engineVersions'>,
  tasks: readonly PlannedTask[],
  pending: readonly PlannedCell[],
  settings: ComputeSettings,
): Promise<number> {
  const { workers, threads, store, gate, progress, outDir, cacheDir, signal, remote } = settings;
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const byKey = new Map(pending.map((planned) => [planned.key, planned]));
  const open = new Set(tasks.map(({ id }) => id));
  const written = new Set<string>();
  let computed = 0;

  /** The run ends: what stopped this cell stops every other. */
  const stopForDisk = (error: Pick<TaskError, 'code' | 'message'>): never => {
    const left = tasks.filter(({ id }) => open.has(id));
    throw diskError(error, diskNeed(outDir, left, pending.length - written.size), { outDir, cacheDir });
  };

  const keepRecord = async (record: CellRecord): Promise<void> => {
    if (record.status === 'failed' && isDiskError(record.error)) stopForDisk(record.error);
    try {
      await store.write(record);
    } catch (error) {
      if (error instanceof UserError && isDiskError(error)) stopForDisk(error);
      throw error;
    }
    written.add(record.key);
    if (record.status === 'ok') computed += 1;
  };

  const recordsOf = (outcome: Outcome<JobValue>): readonly CellRecord[] => {
    if (outcome.status === 'ok') return outcome.value.kind === 'cells' ? outcome.value.records : [];
    if (outcome.status !== 'failed') return [];
    if (isDiskError(outcome.error)) stopForDisk(outcome.error);
    const { payload } = byId.get(outcome.taskId)!;
    if (payload.kind !== 'cells') return [];
    // Some may have been computed by another run with another plan.
    const missing = gate.withoutRecord(payload.wanted);
    return missing.map((key) => failedRecord(byKey.get(key)!, outcome.error, threads, engineVersions));
  };

  const keep = (outcome: Outcome<JobValue>): Promise<void> | null => {
    const records = recordsOf(outcome);
    return records.length === 0 ? null : allKept(records.map(keepRecord));
  };

  const onEvent = (event: PoolEvent<JobValue>): void => {
    if (event.kind === 'finish') {
      gate.ended(byId.get(event.outcome.taskId)!);
      open.delete(event.outcome.taskId);
    }
    settings.onEvent(event);
    progress.handle(event);
  };
  if (remote) {
    // The queue hands each cell out once, whoever asked for it.
    await remote.run(tasks, { promptDir: promptFolder(outDir), keep, onEvent, signal });
    return computed;
  }
  await runTasks<JobValue>(tasks, {
    workers,
    threads,
    environment: runtime.engine === 'tensorflow' ? tensorflowEnvironment(threads) : {},
    workerModule: new URL('./worker.ts', import.meta.url),
    admit: (task) => gate.admit(task as Task<Job>),
    keep,
    onEvent,
    ...(signal ? { signal } : {}),
  });
  return computed;
}
