import type { Activation } from '../checkpoint/index.ts';
import {
  type Benchmark,
  type Cell,
  cellKey,
  type EpochPolicy,
  methodConfig,
  type PlannedCell,
  type RuntimeIdentity,
} from '../config/index.ts';
import type { Dataset } from '../data/index.ts';

/** A backbone that was found: its identity, and where it lies. */
export interface Backbone {
  readonly name: string;
  readonly sha256: string;
  readonly path: string;
  /** What the weights' activation was said to be by whoever started the run, or null. */
  readonly activation: Activation | null;
  /** As in the cell's identity; null for a model with OpenAI's facts. */
  readonly settings: Readonly<Record<string, unknown>> | null;
}

/** An experiment with everything decided. */
export interface Experiment {
  readonly benchmark: Benchmark;
  readonly datasets: readonly Dataset[];
  /** Scored besides the source's own test pictures; of the source's classes. */
  readonly targets: readonly Dataset[];
  readonly backbones: readonly Backbone[];
  readonly methods: readonly string[];
  readonly shots: readonly number[];
  readonly seeds: readonly number[];
  readonly views: number | 'fresh';
  readonly epochs: EpochPolicy;
  readonly runtime: RuntimeIdentity;
  /** Versions of the engine's packages, where they are not among those every record names. */
  readonly engineVersions: Readonly<Record<string, string>>;
  readonly limit: number | null;
}

/**
 * Every cell of an experiment, in the order of the report: backbone, dataset, method, shots, seed. Zero-shot
 * knows neither shots nor seeds and has one cell a dataset.
 */
export function planCells(experiment: Experiment): PlannedCell[] {
  const { runtime, limit, epochs, views } = experiment;
  const identity = ({ key, fingerprint }: Dataset) => ({ key, fingerprint });
  const planned: PlannedCell[] = [];
  for (const { name, sha256, settings } of experiment.backbones) {
    for (const dataset of experiment.datasets) {
      const targets = [dataset, ...experiment.targets].map(identity);
      for (const methodKey of experiment.methods) {
        const draws =
          methodKey === 'zeroshot'
            ? [{ shots: 0, seed: null }]
            : experiment.shots.flatMap((shots) => experiment.seeds.map((seed) => ({ shots, seed })));
        for (const { shots, seed } of draws) {
          const method = methodConfig(methodKey, { shots, epochs, views, prompts: [dataset.prompt] });
          const cell: Cell = {
            dataset: identity(dataset),
            backbone: { name, sha256, ...(settings && { settings }) },
            method,
            shots,
            seed,
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
