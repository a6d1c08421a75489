import type { PlannedCell } from '../config/index.ts';
import { methodOf } from '../methods/index.ts';
import {
  cellSizes,
  datasetsOf,
  type Experiment,
  fitMilliseconds,
  formatDuration,
  type Parallelism,
  pictureMilliseconds,
  picturesNeeded,
  rememberedDraws,
} from '../runner/index.ts';
import { type EngineChoice, openEngine } from '../runtime/index.ts';
import { compileMultiplication, MULTIPLICATION_FLOPS } from './speed/multiplication.ts';

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
  const { sources, targets } = datasetsOf(experiment);
  const datasets = new Map([...targets, ...sources].map((dataset) => [dataset.key, dataset]));
  const drawOf = rememberedDraws();
  return experiment.backbones.flatMap((backbone) => {
    const sizeOf = cellSizes(backbone, sources, drawOf);
    return sources.map(({ key }): HoursOf => {
      const own = cells.filter(
        ({ cell }) => cell.backbone.sha256 === backbone.sha256 && cell.dataset.key === key,
      );
      // A view of a picture is encoded once for all cells.
      const pictures = [...picturesNeeded(own, datasets, drawOf).values()].reduce(
        (sum, needed) => sum + needed.count,
        0,
      );
      const fits = own.reduce((sum, planned) => {
        const { method } = planned.cell;
        return sum + fitMilliseconds(methodOf(method).work(method, sizeOf(planned)), backbone.size, rate);
      }, 0);
      const milliseconds = (pictures * pictureMilliseconds(backbone.size, rate) + fits) / workers;
      return { dataset: key, backbone: backbone.name, cells: own.length, hours: milliseconds / HOUR_MS };
    });
  });
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
