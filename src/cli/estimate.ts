import {
  type Experiment,
  estimateRun,
  formatDuration,
  type Parallelism,
  type SetCost,
  spanMilliseconds,
} from '../runner/index.ts';
import type { EngineChoice } from '../runtime/index.ts';
import { measureRates } from './speed/measure-rates.ts';

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

const HOUR_MS = 3_600_000;

/** From the command's start to the first task, what workers load, and from the last task to the report. */
const START_MS = 3500;

/**
 * Estimates what every set costs on every backbone, and what every study adds: counted work over rates that
 * are measured here in a few seconds, and what stands beside it.
 */
export async function estimateExperiment(
  experiment: Experiment,
  parallelism: Parallelism,
): Promise<TimeEstimate> {
  const { workers } = parallelism;
  const rates = await measureRates(experiment.runtime as EngineChoice, parallelism);
  const { sets, studies } = estimateRun(experiment, rates);
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
