import type { Cell } from './cell.ts';

/** Test result on one target. Accuracies are fractions. */
export interface Score {
  /** Key of the dataset whose test pictures were scored. */
  readonly target: string;
  readonly accuracy: number;
  /** Mean over classes of the accuracy within the class (classes without test pictures left out). */
  readonly macroAccuracy: number;
  readonly correct: number;
  /** Test pictures scored. */
  readonly count: number;
}

/** The vocabulary tokens nearest to one learned context vector. */
export interface NearestWords {
  /** Index of the context vector, 0 ≤ m < M. */
  readonly position: number;
  /** Nearest first; Euclidean distance to the token's embedding. */
  readonly words: readonly { readonly word: string; readonly distance: number }[];
}

/** What a method tells besides its scores; every field may be read by a report. */
export interface MethodDetails {
  /** Mean training loss of every epoch (CoOp). */
  readonly lossPerEpoch?: readonly number[];
  readonly nearestWords?: readonly NearestWords[];
  /** Chosen inverse regularisation strength (linear probe). */
  readonly c?: number;
  /** Accuracy on the validation shots with the chosen C, as a fraction. */
  readonly validationAccuracy?: number;
  /** L-BFGS iterations over all fits. */
  readonly iterations?: number;
  /** SGD steps taken (CoOp). */
  readonly steps?: number;
}

/** What was measured; equal for two runs of one cell on one machine. */
export interface CellResult {
  readonly scores: readonly Score[];
  /** Labelled pictures drawn for training and validation; a class with too few gives all it has. */
  readonly trainPictures: number;
  readonly validationPictures: number;
  readonly classes: number;
  readonly details: MethodDetails;
}

export interface CellFailure {
  /** Stable code a program can match, e.g. `PICTURE_UNREADABLE`. */
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
}

/** Circumstances of a run; differs between two runs of one cell. Goes to timings.csv only. */
export interface RunInfo {
  readonly startedAt: string;
  readonly durationMs: number;
  readonly host: string;
  readonly threads: number;
  readonly gitRevision: string | null;
  readonly versions: Readonly<Record<string, string>>;
}

interface RecordBase {
  readonly schemaVersion: 1;
  /** Hash of the canonical JSON of `cell`. */
  readonly key: string;
  readonly cell: Cell;
  readonly run: RunInfo;
}

export type CellRecord =
  | (RecordBase & { readonly status: 'ok'; readonly result: CellResult })
  | (RecordBase & { readonly status: 'failed'; readonly error: CellFailure });
