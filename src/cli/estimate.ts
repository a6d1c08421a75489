import {
  type Experiment,
  estimateRun,
  formatDuration,
  type Parallelism,
  type SetCost,
  spanMilliseconds,
} from '../runner/index.ts';
import { type EngineChoice, openEngine } from '../runtime/index.ts';
import { compileMultiplication, MULTIPLICATION_FLOPS } from './speed/multiplication.ts';

/** What `--dry-run --json` tells of time, from nothing. */
export interface TimeEstimate {
  /** The whole run. */
  readonly estimateMs: number;
  /** Each set on each backbone by itself, all methods. */
  readonly hours: readonly {
    readonly dataset: string;
    readonly backbone: string;
    readonly cells: number;
    readonly hours: number;
  }[];
  /** All sets together, by backbone. */
  readonly allHours: Readonly<Record<string, number>>;
  /** What each study adds to those before it: what they share counts once. */
  readonly studies: readonly { readonly study: string; readonly cells: number; readonly hours: number }[];
}

/** Part of the machine's matrix multiplication rate that training and encoding reach, roughly. */
const REACHED = 0.7;
const MEASURE_MS = 700;
const HOUR_MS = 3_600_000;

/** From the command's start to the first task, what workers load, and from the last task to the report. */
const START_MS = 3500;

/** Floating-point operations a millisecond that one worker reaches here, beside what else runs on the machine. */
async function measureRate(runtime: Experiment['runtime'], threads: number): Promise<number> {
  const engine = openEngine(runtime as EngineChoice, threads);
  const multiplication = await compileMultiplication(engine);
  await multiplication.run();
  let [products, elapsed] = [0, 0];
  for (; elapsed < MEASURE_MS; products++) elapsed += await multiplication.run();
  await multiplication.dispose();
  return ((products * MULTIPLICATION_FLOPS) / elapsed) * REACHED;
}

/**
 * Estimates what every set costs on every backbone, and what every study adds: counted multiplications over a rate
 * that is measured here in a second, and what stands beside them.
 */
export async function estimateExperiment(
  experiment: Experiment,
  { workers, threads }: Parallelism,
): Promise<TimeEstimate> {
  const rate = await measureRate(experiment.runtime, threads);
  const { sets, studies } = estimateRun(experiment, rate);
  const hours = (of: readonly SetCost[]): number => spanMilliseconds(of, workers) / HOUR_MS;
  const allHours = experiment.backbones.map(({ name }) => [
    name,
    hours(sets.filter(({ backbone }) => backbone === name)),
  ]);
  return {
    estimateMs: START_MS + spanMilliseconds(sets, workers),
    hours: sets.map((set) => {
      const { dataset, backbone, cells } = set;
      return { dataset, backbone, cells, hours: hours([set]) };
    }),
    allHours: Object.fromEntries(allHours),
    studies: studies.map(({ study, cells, workMs }) => ({ study, cells, hours: workMs / workers / HOUR_MS })),
  };
}

/** Rows as lines, the first column to the left and the others to the right. */
function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  '),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Tables of times: a row a dataset, a column a backbone; where there are several studies, a row a study. */
export function formatEstimate({ hours, allHours, studies }: TimeEstimate): string {
  const backbones = Object.keys(allHours);
  const datasets = [...new Set(hours.map(({ dataset }) => dataset))];
  const time = (of: number): string => formatDuration(of * HOUR_MS);
  const timeOf = (key: string, name: string): string =>
    time(hours.find(({ dataset, backbone }) => dataset === key && backbone === name)?.hours ?? 0);
  const sets = formatTable([
    ['', ...backbones],
    ...datasets.map((key) => [key, ...backbones.map((name) => timeOf(key, name))]),
    ['all', ...backbones.map((name) => time(allHours[name]!))],
  ]);
  if (studies.length < 2) return sets;
  const rows = studies.map((of) => [of.study, String(of.cells), time(of.hours)]);
  return `${sets}\n${formatTable([['study', 'new cells', 'adds'], ...rows])}`;
}
