import {
  coopPrompts,
  encodeImages,
  layOutPrompts,
  openCheckpoint,
  readTextWeights,
  type TextWeights,
  Tokenizer,
} from '../clip/index.ts';
import type { CoOpConfig, PlannedCell } from '../config/index.ts';
import { type Dataset, drawFewShot } from '../data/index.ts';
import { makeGraph } from '../ir/index.ts';
import { batchSizeFor } from '../methods/index.ts';
import { type Backbone, type Experiment, formatDuration, type Parallelism } from '../runner/index.ts';
import { type EngineChoice, openEngine } from '../runtime/index.ts';
import { stepFlops } from './speed/coop-step.ts';
import { compileMultiplication, graphFlops, MULTIPLICATION_FLOPS } from './speed/multiplication.ts';

/** Hours of one dataset on one backbone, all methods, from nothing. */
export interface HoursOf {
  readonly dataset: string;
  readonly backbone: string;
  readonly cells: number;
  readonly hours: number;
}

/** Part of the machine's matrix multiplication rate that training and encoding reach, roughly. */
const REACHED = 0.7;
const PRODUCTS = 5;
const HOUR_MS = 3_600_000;

/** L-BFGS iterations of a probe's whole search, roughly. */
const PROBE_ITERATIONS = 2000;

/** What small things cost beside their multiplications, in milliseconds: a step's calls, a picture's decoding, a fit. */
const OVERHEAD = { step: 1.5, picture: 1.2, cell: 100 } as const;

/** Floating-point operations a millisecond that one worker reaches on this machine. */
async function measureRate(runtime: Experiment['runtime'], threads: number): Promise<number> {
  const engine = openEngine(runtime as EngineChoice, threads);
  const multiplication = await compileMultiplication(engine);
  const times: number[] = [];
  for (let i = 0; i <= PRODUCTS; i++) times.push(await multiplication.run());
  await multiplication.dispose();
  // The first one warms up.
  const median = times.slice(1).sort((a, b) => a - b)[Math.floor(PRODUCTS / 2)] as number;
  return (MULTIPLICATION_FLOPS / median) * REACHED;
}

/** What the work of a backbone is counted from. */
interface Model {
  readonly embedDim: number;
  readonly pictureFlops: number;
  readonly text: TextWeights;
  readonly tokenizer: Tokenizer;
}

async function openModel({ path, activation }: Backbone): Promise<Model> {
  const checkpoint = await openCheckpoint(path, activation ?? undefined);
  try {
    const text = readTextWeights(checkpoint.weights, checkpoint.architecture);
    return {
      embedDim: checkpoint.architecture.embedDim,
      pictureFlops: graphFlops(makeGraph({ features: encodeImages(checkpoint, 1) })),
      text,
      tokenizer: new Tokenizer(checkpoint.architecture.text.vocabSize),
    };
  } finally {
    checkpoint.close();
  }
}

function flopsOfStep({ text, tokenizer }: Model, classNames: readonly string[], config: CoOpConfig): number {
  const { nCtx, position, csc } = config;
  const { contextLength } = text.architecture;
  const prompts = coopPrompts(tokenizer, classNames, { nCtx, position, contextLength });
  return stepFlops({ layout: layOutPrompts(prompts, csc), text });
}

/** A function that answers every name once. */
function remembered<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
}

/** What the cells of one dataset on one backbone cost, in milliseconds of one worker. */
function costOf(
  dataset: Dataset,
  cells: readonly PlannedCell[],
  testPictures: number,
  { model, rate }: { readonly model: Model; readonly rate: number },
): number {
  const encode = model.pictureFlops / rate + OVERHEAD.picture;
  // A view of a picture is encoded once for all cells.
  const encoded = new Set<string>();
  const drawOf = remembered((name) => {
    const [shots, seed] = name.split(' ').map(Number) as [number, number];
    return drawFewShot(dataset, shots, seed);
  });
  const stepFlopsOf = new Map<string, number>();
  let cost = testPictures * encode;
  for (const { cell } of cells) {
    cost += OVERHEAD.cell;
    if (cell.seed === null) continue;
    const { train, val } = drawOf(`${cell.shots} ${cell.seed}`);
    const { method } = cell;
    if (method.kind === 'linear_probe') {
      for (const { picture } of [...train, ...val]) encoded.add(`test ${picture.name}`);
      // Scores and gradient of every iteration.
      const products = 4 * train.length * model.embedDim * dataset.classNames.length;
      cost += (products * PROBE_ITERATIONS) / rate;
    } else if (method.kind === 'coop') {
      const batch = batchSizeFor(train.length, method.batchSize);
      const steps = method.epochs * Math.max(1, Math.floor(train.length / batch));
      const flops = stepFlopsOf.get(method.key) ?? flopsOfStep(model, dataset.classNames, method);
      stepFlopsOf.set(method.key, flops);
      cost += steps * (flops / rate + OVERHEAD.step);
      if (method.views === 'fresh') cost += steps * batch * encode;
      else
        for (const { picture } of train)
          for (let view = 0; view < method.views; view++) encoded.add(`${view} ${picture.name}`);
    }
  }
  return cost + encoded.size * encode;
}

/**
 * Estimates what every set costs on every backbone: counted multiplications over a rate that is measured here in a
 * second, and some overhead.
 */
export async function estimateHours(
  experiment: Experiment,
  cells: readonly PlannedCell[],
  { workers, threads }: Parallelism,
): Promise<HoursOf[]> {
  const rate = await measureRate(experiment.runtime, threads);
  const estimates: HoursOf[] = [];
  for (const backbone of experiment.backbones) {
    const model = await openModel(backbone);
    for (const dataset of experiment.datasets) {
      const own = cells.filter(
        ({ cell }) => cell.backbone.sha256 === backbone.sha256 && cell.dataset.key === dataset.key,
      );
      const tests = [dataset, ...experiment.targets].map(({ test }) =>
        Math.min(test.length, experiment.limit ?? Number.POSITIVE_INFINITY),
      );
      const pictures = tests.reduce((sum, count) => sum + count, 0);
      const milliseconds = costOf(dataset, own, pictures, { model, rate }) / workers;
      estimates.push({
        dataset: dataset.key,
        backbone: backbone.name,
        cells: own.length,
        hours: milliseconds / HOUR_MS,
      });
    }
  }
  return estimates;
}

/** A table of times: a row a dataset, a column a backbone. */
export function formatHours(estimates: readonly HoursOf[]): string {
  const backbones = [...new Set(estimates.map(({ backbone }) => backbone))];
  const datasets = [...new Set(estimates.map(({ dataset }) => dataset))];
  const sum = (of: readonly HoursOf[]): string =>
    formatDuration(of.reduce((total, { hours }) => total + hours, 0) * HOUR_MS);
  const rows = [
    ['', ...backbones],
    ...datasets.map((key) => [
      key,
      ...backbones.map((name) =>
        sum(estimates.filter(({ dataset, backbone }) => dataset === key && backbone === name)),
      ),
    ]),
    ['all', ...backbones.map((name) => sum(estimates.filter(({ backbone }) => backbone === name)))],
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  '),
    )
    .map((line) => `${line}\n`)
    .join('');
}
