import { hostname } from 'node:os';
import {
  type CellRecord,
  canonicalJson,
  type DatasetIdentity,
  type PlannedCell,
  UserError,
} from '../config/index.ts';
import { type Dataset, drawFewShot, type FewShotDraw } from '../data/index.ts';
import { type Fit, type FittedMethod, methodOf, writePrompt } from '../methods/index.ts';
import { failedRecord } from './failed-record.ts';
import type { CellsJob, JobValue } from './job.ts';
import { promptPath } from './prompt-store.ts';
import { scoreTarget } from './score-target.ts';
import { toTaskError } from './task-error.ts';
import { taskSize } from './task-size.ts';
import { trainingSource } from './training-source.ts';
import { runtimeVersions } from './versions.ts';
import type { WorkerContext } from './worker-context.ts';
import { CancelledError, isCancelled, throwIfCancelled, type WorkerJob } from './worker-job.ts';

type CellsRun = WorkerJob<CellsJob>;

/** The dataset a cell was planned for. @throws {UserError} DATASET_CHANGED: its files are others by now. */
async function plannedDataset(
  { key, fingerprint }: DatasetIdentity,
  context: WorkerContext,
): Promise<Dataset> {
  const dataset = await context.dataset(key);
  if (dataset.fingerprint === fingerprint) return dataset;
  throw new UserError('DATASET_CHANGED', {
    where: `dataset ${key}`,
    expected: 'the split and classes that the run was planned with',
    found: 'others: its files changed meanwhile',
    hint: 'start the command again',
  });
}

/** Zero-shot has none. */
const NO_DRAW: FewShotDraw = { train: [], val: [], valFrom: 'val', published: null };

/** A cell ready to be fitted: all that the fit gets, and what is kept for scoring. */
interface Prepared {
  readonly planned: PlannedCell;
  readonly dataset: Dataset;
  readonly draw: FewShotDraw;
  readonly fit: Fit;
}

async function prepare(planned: PlannedCell, run: CellsRun, context: WorkerContext): Promise<Prepared> {
  const { cell } = planned;
  const dataset = await plannedDataset(cell.dataset, context);
  const draw = cell.seed === null ? NO_DRAW : drawFewShot(dataset, cell.shots, cell.seed);
  const source = trainingSource(run, context, dataset, draw, cell.seed);
  return { planned, dataset, draw, fit: { config: cell.method, source } };
}

/** Operations counted for a fit. */
function flopsOf(
  { dataset, draw, fit }: Prepared,
  fitted: FittedMethod,
  run: CellsRun,
  context: WorkerContext,
) {
  if (fitted.flops !== undefined) return fitted.flops;
  const size = taskSize(run.payload.place.model, context.tokenizer, dataset, draw);
  const { flops, freshPictures } = methodOf(fit.config).work(fit.config, size);
  return flops + freshPictures * size.pictureFlops;
}

/** Scores what was learned and makes the record of it. A learned prompt is on disk before. */
async function finish(
  prepared: Prepared,
  fitted: FittedMethod,
  { startedAt, fitMs }: { readonly startedAt: Date; readonly fitMs: number },
  run: CellsRun,
  context: WorkerContext,
): Promise<CellRecord> {
  const { dataset, draw, planned, fit } = prepared;
  const { cell, key } = planned;
  const { place } = run.payload;
  const start = performance.now();
  const scores = [];
  for (const target of cell.targets) {
    const tested = await plannedDataset(target, context);
    scores.push(await scoreTarget(tested, dataset, cell.limit, fitted, context, () => throwIfCancelled(run)));
  }
  const record: CellRecord = {
    schemaVersion: 2,
    status: 'ok',
    key,
    cell,
    result: {
      scores,
      trainPictures: draw.train.length,
      validationPictures: methodOf(fit.config).reads(fit.config).val ? draw.val.length : 0,
      classes: dataset.classNames.length,
      details: fitted.details,
      flops: flopsOf(prepared, fitted, run, context),
    },
    run: {
      startedAt: startedAt.toISOString(),
      durationMs: fitMs + performance.now() - start,
      host: hostname(),
      threads: run.threads,
      ...runtimeVersions(place.engineVersions),
    },
  };
  // A number that is none cannot be written: it fails this cell here, and not the run when the record arrives.
  canonicalJson(record);
  if (fitted.context) {
    writePrompt(promptPath(place.promptDir, key), fitted.context, { key, cell }, dataset.classNames);
  }
  return record;
}

/** Fits one cell and scores it. */
async function computeAlone(
  planned: PlannedCell,
  run: CellsRun,
  context: WorkerContext,
): Promise<CellRecord> {
  const [startedAt, start] = [new Date(), performance.now()];
  const prepared = await prepare(planned, run, context);
  const fitted = await methodOf(planned.cell.method).fit(prepared.fit);
  try {
    return await finish(prepared, fitted, { startedAt, fitMs: performance.now() - start }, run, context);
  } finally {
    await fitted.dispose?.();
  }
}

/** One wanted cell's record: what `make` gives, or why it failed, so that the others go on. */
async function recordOf(
  planned: PlannedCell,
  run: CellsRun,
  make: () => Promise<CellRecord>,
): Promise<CellRecord> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    const { threads, payload } = run;
    return failedRecord(planned, toTaskError(error), threads, payload.place.engineVersions);
  }
}

/**
 * Fits cells in one graph and scores those that are wanted; each bears its share of the time. Where the fit itself is
 * refused (a picture that cannot be read, a training that diverges) each cell is computed by itself.
 */
async function computeTogether(run: CellsRun, context: WorkerContext): Promise<CellRecord[]> {
  const { cells, wanted } = run.payload;
  const [startedAt, start] = [new Date(), performance.now()];
  const isWanted = ({ key }: PlannedCell): boolean => wanted.includes(key);
  const records: CellRecord[] = [];
  let prepared: Prepared[];
  let fitted: FittedMethod[];
  try {
    prepared = [];
    for (const planned of cells) prepared.push(await prepare(planned, run, context));
    const { together } = methodOf(cells[0]!.cell.method);
    fitted = await together!.fit(prepared.map(({ fit }) => fit));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const planned of cells.filter(isWanted)) {
      records.push(await recordOf(planned, run, () => computeAlone(planned, run, context)));
    }
    return records;
  }
  const fitMs = (performance.now() - start) / cells.length;
  for (const [i, one] of prepared.entries()) {
    if (!isWanted(one.planned)) continue;
    const scored = () => finish(one, fitted[i]!, { startedAt, fitMs }, run, context);
    records.push(await recordOf(one.planned, run, scored));
  }
  return records;
}

function compute(run: CellsRun, context: WorkerContext): Promise<CellRecord[]> {
  const [only, ...others] = run.payload.cells;
  return others.length === 0
    ? computeAlone(only!, run, context).then((record) => [record])
    : computeTogether(run, context);
}

/**
 * Computes cells from cached features: one, or several that the plan puts together.
 * @throws whatever made a single cell fail; the command makes the failed record.
 */
export async function executeCells(run: CellsRun, context: WorkerContext): Promise<JobValue> {
  if (isCancelled(run)) throw new CancelledError();
  const records = await compute(run, context);
  // Pictures of which new crops are drawn are first met here.
  context.rememberContents();
  return { kind: 'cells', records };
}
