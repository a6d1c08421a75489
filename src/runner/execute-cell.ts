import { hostname } from 'node:os';
import { coveredLabels } from '../../datasets/index.ts';
import { coopPrompts, layOutPrompts } from '../clip/index.ts';
import {
  type Cell,
  type CellRecord,
  type CellResult,
  type CoOpConfig,
  canonicalJson,
  type MethodDetails,
  type ZeroShotConfig,
} from '../config/index.ts';
import { type Dataset, type Datum, drawFewShot, type FewShotDraw } from '../data/index.ts';
import {
  batchSizeFor,
  C_GRID,
  C_SEARCH_STEPS,
  compileCoOp,
  fitCoOp,
  fitLinearProbe,
  graphObjective,
  initialContext,
  nearestWords,
  normalizeRows,
  scorePredictions,
  zeroShotWeights,
} from '../methods/index.ts';
import type { CellJob, JobValue } from './job.ts';
import { trainFeatures } from './train-features.ts';
import { runtimeVersions } from './versions.ts';
import { TEST_VIEW } from './views.ts';
import type { WorkerContext } from './worker-context.ts';
import {
  CancelledError,
  isCancelled,
  reportProgress,
  throwIfCancelled,
  type WorkerJob,
} from './worker-job.ts';

/** Fits of a probe's whole search: the grid, both ends of the interval, a new end a halving. For progress only. */
const PROBE_FITS = C_GRID.length + C_SEARCH_STEPS + 1;

/** Words listed for each learned context vector. */
const NEAREST_WORDS = 5;

/** A linear classifier of image features, and what its method tells about it. */
interface Fitted {
  /** [K, E] */
  readonly weights: Float32Array;
  /** [K] */
  readonly bias: Float32Array;
  readonly details: MethodDetails;
}

type Run = WorkerJob<CellJob>;

const labelsOf = (data: readonly Datum[]): Int32Array => Int32Array.from(data, ({ label }) => label);

async function fitZeroShot(
  config: ZeroShotConfig,
  dataset: Dataset,
  context: WorkerContext,
): Promise<Fitted> {
  const { engine, text, tokenizer } = context;
  const weights = await zeroShotWeights(engine, text, tokenizer, dataset.classNames, config.prompts);
  return { weights, bias: new Float32Array(dataset.classNames.length), details: {} };
}

async function fitProbe(
  run: Run,
  dataset: Dataset,
  draw: FewShotDraw,
  context: WorkerContext,
): Promise<Fitted> {
  const view = { index: TEST_VIEW, mirror: false };
  const part = (data: readonly Datum[]) => ({
    features: context.features(data, view),
    labels: labelsOf(data),
  });
  const objectives: { dispose(): Promise<void> }[] = [];
  let fits = 0;
  try {
    const { weights, bias, c, iterations, validationAccuracy } = await fitLinearProbe({
      train: part(draw.train),
      val: part(draw.val),
      classCount: dataset.classNames.length,
      objectiveFactory: async (problem) => {
        const made = await graphObjective(context.engine, problem);
        objectives.push(made);
        return made.objective;
      },
      classify: (features, _, classifier) => {
        fits += 1;
        reportProgress(run, fits / PROBE_FITS, `fit ${fits}`);
        return context.classifier.predict(features, classifier.weights, classifier.bias);
      },
      signal: {
        get aborted() {
          return isCancelled(run);
        },
        throwIfAborted: () => throwIfCancelled(run),
      },
    });
    return { weights, bias, details: { c, iterations, validationAccuracy } };
  } finally {
    for (const made of objectives) await made.dispose();
  }
}

async function fitContext(
  run: Run,
  config: CoOpConfig,
  dataset: Dataset,
  draw: FewShotDraw,
  context: WorkerContext,
): Promise<Fitted> {
  const { text, tokenizer, engine } = context;
  const seed = run.payload.cell.seed as number;
  const { nCtx, position, csc } = config;
  const { contextLength, width } = text.architecture;
  const batchSize = batchSizeFor(draw.train.length, config.batchSize);
  const program = await context.program(
    [dataset.fingerprint, nCtx, position, csc, batchSize].join(' '),
    () => {
      const prompts = coopPrompts(tokenizer, dataset.classNames, { nCtx, position, contextLength });
      return compileCoOp(engine, {
        layout: layOutPrompts(prompts, csc),
        text,
        logitScale: context.logitScale,
        nCtx,
        batchSize,
        embedDim: context.checkpoint.architecture.embedDim,
      });
    },
  );
  const fit = await fitCoOp({
    config,
    seed,
    program,
    start: initialContext(config, { classCount: dataset.classNames.length, seed, text, tokenizer }),
    features: trainFeatures(context, dataset, draw.train, { seed, views: config.views }),
    labels: labelsOf(draw.train),
    onEpoch: (epoch, loss) => {
      reportProgress(
        run,
        (epoch + 1) / config.epochs,
        `epoch ${epoch + 1} of ${config.epochs}, loss ${loss.toFixed(3)}`,
      );
    },
    beforeStep: () => throwIfCancelled(run),
  });
  const features = await program.textFeatures(fit.ctx);
  const words = csc
    ? {}
    : {
        nearestWords: nearestWords({
          vectors: fit.ctx,
          embeddings: text.tokenEmbedding.attributes.data as Float32Array,
          dim: width,
          tokenOf: (id) => tokenizer.tokenOf(id),
          count: NEAREST_WORDS,
        }),
      };
  return {
    weights: normalizeRows(features, context.checkpoint.architecture.embedDim),
    bias: new Float32Array(dataset.classNames.length),
    details: { lossPerEpoch: fit.lossPerEpoch, steps: fit.steps, ...words },
  };
}

function fit(run: Run, dataset: Dataset, draw: FewShotDraw, context: WorkerContext): Promise<Fitted> {
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

/** Scores one target over the classes it has pictures of, as its own label subset. */
async function score(target: string, limit: number | null, fitted: Fitted, context: WorkerContext) {
  const dataset = await context.dataset(target);
  const test = dataset.test.slice(0, limit ?? dataset.test.length);
  const covered = new Set(coveredLabels(dataset));
  // A target that lacks classes is scored over its own: the others cannot be chosen.
  const bias = fitted.bias.map((b, label) => (covered.has(label) ? b : Number.NEGATIVE_INFINITY));
  const features = context.features(test, { index: TEST_VIEW, mirror: false });
  const predicted = await context.classifier.predict(features, fitted.weights, bias);
  return scorePredictions(target, predicted, labelsOf(test));
}

async function compute(run: Run, cell: Cell, context: WorkerContext): Promise<CellResult> {
  const dataset = await context.dataset(cell.dataset.key);
  const draw = cell.seed === null ? { train: [], val: [] } : drawFewShot(dataset, cell.shots, cell.seed);
  const fitted = await fit(run, dataset, draw, context);
  const scores = [];
  for (const target of cell.targets) scores.push(await score(target.key, cell.limit, fitted, context));
  return {
    scores,
    trainPictures: draw.train.length,
    validationPictures: cell.method.kind === 'linear_probe' ? draw.val.length : 0,
    classes: dataset.classNames.length,
    details: fitted.details,
  };
}

/** Computes one cell from cached features. @throws whatever made it fail; the command makes the failed record. */
export async function executeCell(run: Run, context: WorkerContext): Promise<JobValue> {
  if (isCancelled(run)) throw new CancelledError();
  const { cell, key } = run.payload;
  const startedAt = new Date();
  const start = performance.now();
  const result = await compute(run, cell, context);
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
      ...runtimeVersions(),
    },
  };
  // A number that is none cannot be written: it fails this cell here, and not the run when the record arrives.
  canonicalJson(record);
  return { kind: 'cell', record };
}
