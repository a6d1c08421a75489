/** Which pictures and classes a cell reads. */
export interface DatasetIdentity {
  /** Key of the dataset, e.g. `caltech101`, `icons_arrows`. */
  readonly key: string;
  /** SHA-256 (hex) over split and class list: two runs with the same value saw the same task. */
  readonly fingerprint: string;
  /** Half of the classes that is looked at; absent: all of them. */
  readonly subsample?: 'base' | 'new';
}

/** Which CLIP a cell uses. */
export interface BackboneIdentity {
  /** Name as asked for: `icon-clip-rn`, `RN50`, or the file's base name. */
  readonly name: string;
  /** SHA-256 (hex) of the checkpoint's bytes. */
  readonly sha256: string;
  /** What the model is told besides its bytes, where that differs from OpenAI's models: activation, heads, … */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** Place of the class name in a prompt. */
export const CLASS_TOKEN_POSITIONS = ['end', 'middle', 'front'] as const;
export type ClassTokenPosition = (typeof CLASS_TOKEN_POSITIONS)[number];

/**
 * Complete settings of a method: plain data, all of which counts in the cell's key. Each kind of method has settings
 * of its own, declared beside it.
 */
export interface MethodConfig {
  /** Which method: the registry knows it by this. */
  readonly kind: string;
  /** Name in tables and on the command line: the kind's variant and, behind colons, settings that were changed. */
  readonly key: string;
  /** Raised on purpose when the method's numbers change. */
  readonly version: number;
  readonly [setting: string]: unknown;
}

/** Numeric settings that may change a result's bits. */
export interface RuntimeIdentity {
  readonly engine: string;
  readonly device: string;
  readonly precision: string;
}

/** One number (or one row of numbers) of an experiment: its complete resolved configuration. */
export interface Cell {
  readonly dataset: DatasetIdentity;
  readonly backbone: BackboneIdentity;
  readonly method: MethodConfig;
  /** Labelled training pictures a class; 0 for zero-shot. */
  readonly shots: number;
  /** Seed of draw, initialisation and training; null where nothing is random. */
  readonly seed: number | null;
  /**
   * SHA-256 (hex) of the draw that was saved beside the data by the official code, where that differs from what the
   * seed draws; absent: the seed decides.
   */
  readonly draw?: string;
  /** Datasets whose test pictures are scored; the source itself unless this is a domain-shift cell. */
  readonly targets: readonly DatasetIdentity[];
  readonly runtime: RuntimeIdentity;
  /** At most this many test pictures a target, or null for all; a limited run's numbers are not results. */
  readonly limit: number | null;
}

/** A cell of an experiment under its key, computed or not; a record with the same key is its result. */
export interface PlannedCell {
  readonly key: string;
  readonly cell: Cell;
}
