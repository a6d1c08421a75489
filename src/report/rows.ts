import type { PerClass } from '../config/index.ts';

/** Column order of `cells.csv`: one row a cell and target. Nothing here differs between two runs of a plan. */
export const CELL_COLUMNS = [
  'key',
  'dataset',
  'backbone',
  'method',
  'shots',
  'seed',
  'target',
  'accuracy',
  'macro_accuracy',
  'correct',
  'count',
  'train_pictures',
  'validation_pictures',
  'classes',
  'settings',
  'status',
  'error_code',
] as const satisfies readonly (keyof CellRow)[];

/** One row of `cells.csv`; names are the file's. Accuracies are fractions; null is an empty field. */
export interface CellRow {
  readonly key: string;
  readonly dataset: string;
  readonly backbone: string;
  readonly method: string;
  readonly shots: number;
  readonly seed: number | null;
  /** Key of the dataset whose test pictures were scored. */
  readonly target: string;
  readonly accuracy: number | null;
  readonly macro_accuracy: number | null;
  readonly correct: number | null;
  readonly count: number | null;
  readonly train_pictures: number | null;
  readonly validation_pictures: number | null;
  readonly classes: number | null;
  /** Canonical JSON of the method's settings. */
  readonly settings: string;
  /** `missing`: planned, and no record was found. */
  readonly status: 'ok' | 'failed' | 'missing';
  readonly error_code: string | null;
}

/** A row of `cells.csv` with what its file leaves to the record: which pictures were right, and of which classes. */
export interface ScoredRow extends CellRow {
  /** As `Score.hits`; null without a result. */
  readonly hits: string | null;
  /** As `Score.mistakes`; null without a result, or in a record of an earlier version. */
  readonly mistakes: string | null;
  readonly perClass: PerClass | null;
}

/** Column order of `summary.csv`: one row a dataset, backbone, method, shot count and target. */
export const SUMMARY_COLUMNS = [
  'dataset',
  'backbone',
  'method',
  'shots',
  'target',
  'accuracy_mean',
  'accuracy_std',
  'macro_accuracy_mean',
  'macro_accuracy_std',
  'seeds',
  'datasets',
  'paper_accuracy',
  'paper_source',
  'paper_doubt',
] as const satisfies readonly (keyof SummaryRow)[];

/**
 * Stands for several sets: as `dataset` and `target` for all sets learned on, each scored on its own test
 * pictures; as `target` alone for all targets of one source (the source itself left out).
 */
export const AVERAGE = 'average';

/** One row of `summary.csv`. Means and standard deviations (divisor n) over seeds, as fractions. */
export interface SummaryRow {
  readonly dataset: string;
  readonly backbone: string;
  readonly method: string;
  readonly shots: number;
  readonly target: string;
  readonly accuracy_mean: number;
  readonly accuracy_std: number;
  readonly macro_accuracy_mean: number;
  readonly macro_accuracy_std: number;
  /** Number of seeds in mean and std; 1 where nothing is random. */
  readonly seeds: number;
  /** Number of sets scored in it: 1, or for an average all of its sets. */
  readonly datasets: number;
  /** The published accuracy of the same method, backbone, shots and sets, as a fraction; null where none was found. */
  readonly paper_accuracy: number | null;
  /** Where it was read: ids of `sources` in `benchmarks/paper/reference.json`, joined by `+` for an average of several. */
  readonly paper_source: string | null;
  /** Why it may be another variant's number; null: no doubt. */
  readonly paper_doubt: string | null;
}

/** Column order of `timings.csv`: one row a computed cell. Differs between runs on purpose. */
export const TIMING_COLUMNS = [
  'key',
  'dataset',
  'backbone',
  'method',
  'shots',
  'seed',
  'status',
  'started_at',
  'duration_ms',
  'gflop',
  'host',
  'threads',
  'git_revision',
  'versions',
] as const satisfies readonly (keyof TimingRow)[];

/** One row of `timings.csv`: when, where and with what a cell was computed. */
export interface TimingRow {
  readonly key: string;
  readonly dataset: string;
  readonly backbone: string;
  readonly method: string;
  readonly shots: number;
  readonly seed: number | null;
  readonly status: 'ok' | 'failed';
  readonly started_at: string;
  readonly duration_ms: number;
  /** Counted operations of the fit, in 10⁹; null for a failed cell. */
  readonly gflop: number | null;
  readonly host: string;
  readonly threads: number;
  readonly git_revision: string | null;
  /** Canonical JSON of versions by name. */
  readonly versions: string;
}
