import type { LoadOptions } from '../../datasets/index.ts';
import type { Activation } from '../checkpoint/index.ts';
import {
  type Benchmark,
  type Cell,
  cellKey,
  type DatasetIdentity,
  type EpochPolicy,
  type MethodConfig,
  type PlannedCell,
  type RuntimeIdentity,
  type Study,
} from '../config/index.ts';
import { type Dataset, drawFewShot } from '../data/index.ts';
import { methodConfig, methodLearns } from '../methods/index.ts';
import type { ModelSize } from './task-size.ts';

/** A backbone that was found: its identity, and where it lies. */
export interface Backbone {
  readonly name: string;
  readonly sha256: string;
  readonly path: string;
  /** What the weights' activation was said to be by whoever started the run, or null. */
  readonly activation: Activation | null;
  /** As in the cell's identity; null for a model with OpenAI's facts. */
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly size: ModelSize;
  /** Numbers of the image tower. */
  readonly imageWeights: number;
}

/** A study with everything decided. */
export interface StudyGrid {
  readonly study: Study;
  readonly datasets: readonly Dataset[];
  /** Scored besides the source's own test pictures; of the source's classes. */
  readonly targets: readonly Dataset[];
  readonly methods: readonly string[];
  readonly shots: readonly number[];
  readonly seeds: readonly number[];
}

/** An experiment with everything decided. */
export interface Experiment {
  readonly benchmark: Benchmark;
  /** Where datasets are. */
  readonly data: LoadOptions;
  readonly backbones: readonly Backbone[];
  /** At least one. Cells that several share are computed once. */
  readonly grids: readonly StudyGrid[];
  /** Null: each dataset's own. */
  readonly views: number | 'fresh' | null;
  /** Null: each dataset's own. */
  readonly epochs: EpochPolicy | null;
  readonly runtime: RuntimeIdentity;
  /** Versions of the engine's packages, where they are not among those every record names. */
  readonly engineVersions: Readonly<Record<string, string>>;
  readonly limit: number | null;
}

/** The settings of a method on a dataset, where an experiment leaves them to it. */
export function settingsOn(
  { key, protocol, prompt }: Dataset,
  { views, epochs }: Pick<Experiment, 'views' | 'epochs'>,
  methodKey: string,
  shots: number,
): MethodConfig {
  return methodConfig(methodKey, {
    shots,
    epochs: epochs ?? protocol.epochs,
    mostEpochs: protocol.mostEpochs,
    views: views ?? protocol.views,
    dataset: key,
    prompts: [prompt],
  });
}

/** Names of published draws that were looked up; a plan is made several times, and each draw reads all of a set. */
const publishedDraws = new WeakMap<Dataset, Map<string, string | null>>();

/** A draw's name in a cell, where a file beside the data decides it. */
function publishedDraw(dataset: Dataset, shots: number, seed: number | null): { draw?: string } {
  if (seed === null || (dataset.whole ?? dataset).publishedDraw === undefined) return {};
  const known = publishedDraws.get(dataset) ?? new Map<string, string | null>();
  publishedDraws.set(dataset, known);
  const name = `${shots} ${seed}`;
  if (!known.has(name)) known.set(name, drawFewShot(dataset, shots, seed).published);
  const published = known.get(name) ?? null;
  return published === null ? {} : { draw: published };
}

/** What a study trains on, and what it scores besides. */
export type GridDatasets = Pick<StudyGrid, 'datasets' | 'targets'>;

/** Datasets of an experiment by key: what is trained on, and what is scored besides. */
export function datasetsOf({ grids }: { readonly grids: readonly GridDatasets[] }): {
  readonly sources: readonly Dataset[];
  readonly targets: readonly Dataset[];
} {
  const distinct = (read: (grid: GridDatasets) => readonly Dataset[]) => [
    ...new Map(grids.flatMap(read).map((dataset) => [dataset.key, dataset])).values(),
  ];
  return { sources: distinct(({ datasets }) => datasets), targets: distinct(({ targets }) => targets) };
}

/**
 * Every cell of one study, in the order of its report: backbone, dataset, method, shots, seed. A method that does
 * not learn knows neither shots nor seeds and has one cell a dataset.
 */
export function planStudy(experiment: Experiment, grid: StudyGrid): PlannedCell[] {
  const { runtime, limit } = experiment;
  const { subsample } = experiment.data;
  const identity = ({ key, fingerprint }: Dataset): DatasetIdentity => ({
    key,
    fingerprint,
    ...(subsample !== 'all' && { subsample }),
  });
  const planned: PlannedCell[] = [];
  for (const { name, sha256, settings } of experiment.backbones) {
    for (const dataset of grid.datasets) {
      const targets = [dataset, ...grid.targets].map(identity);
      for (const methodKey of grid.methods) {
        const draws = methodLearns(methodKey)
          ? grid.shots.flatMap((shots) => grid.seeds.map((seed) => ({ shots, seed })))
          : [{ shots: 0, seed: null }];
        for (const { shots, seed } of draws) {
          const cell: Cell = {
            dataset: identity(dataset),
            backbone: { name, sha256, ...(settings && { settings }) },
            method: settingsOn(dataset, experiment, methodKey, shots),
            shots,
            seed,
            ...publishedDraw(dataset, shots, seed),
            targets,
            runtime,
            limit,
          };
          planned.push({ key: cellKey(cell), cell });
        }
      }
    }
  }
  return planned;
}

/** Every cell of an experiment once, study by study. */
export function planCells(experiment: Experiment): PlannedCell[] {
  const cells = experiment.grids.flatMap((grid) => planStudy(experiment, grid));
  return [...new Map(cells.map((planned) => [planned.key, planned])).values()];
}
