import { hostname } from 'node:os';
import { coveredLabels, inClassesOf } from '../../datasets/index.ts';
import {
  type Cell,
  type CellRecord,
  type CellResult,
  canonicalJson,
  type DatasetIdentity,
  UserError,
} from '../config/index.ts';
import { type Dataset, drawFewShot, type FewShotDraw } from '../data/index.ts';
import { scorePredictions, writePrompt } from '../methods/index.ts';
import { fitContext } from './fit-context.ts';
import { fitProbe } from './fit-probe.ts';
import { fitZeroShot } from './fit-zero-shot.ts';
import { type CellRun, type Fitted, labelsOf } from './fitted.ts';
import type { JobValue } from './job.ts';
import { promptPath } from './prompt-store.ts';
import { testSubset } from './test-subset.ts';
import { runtimeVersions } from './versions.ts';
import { TEST_VIEW } from './views.ts';
import type { WorkerContext } from './worker-context.ts';
import { CancelledError, isCancelled } from './worker-job.ts';

function fit(run: CellRun, dataset: Dataset, draw: FewShotDraw, context: WorkerContext): Promise<Fitted> {
  const { method } = run.payload.cell;
  switch (method.kind) {
    case 'zeroshot':
      return fitZeroShot(method, dataset, context);
    case 'linear_probe':
      return fitProbe(run, dataset, draw, context);
    case 'coop':
      return fitContext(run, method, dataset, draw, context);
    default:
      return method satisfies never;
  }
}

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

/** Scores one target over the classes it has pictures of, as its own label subset. */
async function score(
  target: DatasetIdentity,
  source: Dataset,
  limit: number | null,
  fitted: Fitted,
  context: WorkerContext,
) {
  const dataset = inClassesOf(await plannedDataset(target, context), source);
  const test = testSubset(dataset.test, limit);
  const covered = new Set(coveredLabels(dataset));
  // A target that lacks classes is scored over its own: the others cannot be chosen.
  const bias = fitted.bias.map((b, label) => (covered.has(label) ? b : Number.NEGATIVE_INFINITY));
  const features = await context.features(test, { index: TEST_VIEW, mirror: false });
  const predicted = await context.classifier.predict(features, fitted.weights, bias);
  return scorePredictions(target.key, predicted, labelsOf(test));
}

/** Zero-shot has none. */
const NO_DRAW: FewShotDraw = { train: [], val: [], valFrom: 'val', published: null };

interface Computed {
  readonly result: CellResult;
  readonly fitted: Fitted;
  readonly classNames: readonly string[];
}

async function compute(run: CellRun, cell: Cell, context: WorkerContext): Promise<Computed> {
  const dataset = await plannedDataset(cell.dataset, context);
  const draw = cell.seed === null ? NO_DRAW : drawFewShot(dataset, cell.shots, cell.seed);
  const fitted = await fit(run, dataset, draw, context);
  const scores = [];
  for (const target of cell.targets) scores.push(await score(target, dataset, cell.limit, fitted, context));
  const result = {
    scores,
    trainPictures: draw.train.length,
    validationPictures: cell.method.kind === 'linear_probe' ? draw.val.length : 0,
    classes: dataset.classNames.length,
    details: fitted.details,
  };
  return { result, fitted, classNames: dataset.classNames };
}

/**
 * Computes one cell from cached features. A learned prompt is on disk before the record is handed over, so that a
 * complete record never lacks it.
 * @throws whatever made it fail; the command makes the failed record.
 */
export async function executeCell(run: CellRun, context: WorkerContext): Promise<JobValue> {
  if (isCancelled(run)) throw new CancelledError();
  const { cell, key, place } = run.payload;
  const startedAt = new Date();
  const start = performance.now();
  const { result, fitted, classNames } = await compute(run, cell, context);
  // Pictures of which new crops are drawn are first met here.
  context.rememberContents();
  const record: CellRecord = {
    schemaVersion: 1,
    status: 'ok',
    key,
    cell,
    result,
    run: {
      startedAt: startedAt.toISOString(),
      durationMs: performance.now() - start,
      host: hostname(),
      threads: run.threads,
      ...runtimeVersions(run.payload.place.engineVersions),
    },
  };
  // A number that is none cannot be written: it fails this cell here, and not the run when the record arrives.
  canonicalJson(record);
  if (fitted.context) {
    writePrompt(promptPath(place.promptDir, key), fitted.context, { key, cell }, classNames);
  }
  return { kind: 'cell', record };
}
