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
  readonly perClass: PerClass;
  /**
   * Whether each test picture, in the order of the split, was classified rightly: one bit a picture, the first in
   * the lowest bit of the first byte; base64. What a bootstrap over test pictures draws from.
   */
  readonly hits: string;
  /**
   * The label that each wrongly classified picture was given, in the order of the zero bits of `hits`: 16 bits each,
   * low byte first; base64. Absent in records of earlier versions.
   */
  readonly mistakes?: string;
}

/** Right answers by class, in the order of the labels; 0 of 0 for a class without test pictures. */
export interface PerClass {
  readonly correct: readonly number[];
  readonly count: readonly number[];
}

/** The vocabulary tokens nearest to one learned context vector. */
export interface NearestWords {
  /** Index of the context vector, 0 ≤ m < M. */
  readonly position: number;
  /** Nearest first; Euclidean distance to the token's embedding. */
  readonly words: readonly { readonly word: string; readonly distance: number }[];
}

/** One fit that was looked at on the validation shots. */
export interface ValidationPoint {
  /** What was varied, e.g. `c`, `learning rate`. */
  readonly setting: string;
  readonly value: number;
  /** Fraction of the validation pictures. */
  readonly accuracy: number;
}

/** What a method tells besides its scores; every field may be read by a report. */
export interface MethodDetails {
  /** Mean training loss of every epoch. */
  readonly lossPerEpoch?: readonly number[];
  /**
   * Share of every epoch's training pictures that were classified rightly, each before the step that learned from it.
   * Absent in records of earlier versions.
   */
  readonly accuracyPerEpoch?: readonly number[];
  readonly nearestWords?: readonly NearestWords[];
  /** Chosen inverse regularisation strength (linear probe). */
  readonly c?: number;
  /** Chosen learning rate, of those that were tried (methods that choose one on validation shots). */
  readonly learningRate?: number;
  /** Other settings that were chosen on the validation shots, by the names they have in `validation`. */
  readonly chosen?: Readonly<Record<string, number>>;
  /** Accuracy on the validation shots with what was chosen, as a fraction. */
  readonly validationAccuracy?: number;
  /**
   * Everything that was tried on the validation shots, in order. Of a grid over several settings: each of them by
   * itself, with the others as chosen.
   */
  readonly validation?: readonly ValidationPoint[];
  /** L-BFGS iterations over all fits. */
  readonly iterations?: number;
  /** Steps of SGD or AdamW taken. */
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
  /** Floating-point operations counted for the fit: products of matrices, forward and gradient. */
  readonly flops: number;
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
  readonly schemaVersion: 2;
  /** Hash of the canonical JSON of `cell`. */
  readonly key: string;
  readonly cell: Cell;
  readonly run: RunInfo;
}

export type CellRecord =
  | (RecordBase & { readonly status: 'ok'; readonly result: CellResult })
  | (RecordBase & { readonly status: 'failed'; readonly error: CellFailure });
