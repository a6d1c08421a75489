import type { LoadOptions } from '../../datasets/index.ts';
import type { Activation } from '../checkpoint/index.ts';
import type { CellRecord, PlannedCell, RuntimeIdentity } from '../config/index.ts';
import type { ModelSize } from './task-size.ts';

/** What every job needs to find its files. Plain data. */
export interface JobPlace {
  /** Path of the checkpoint. */
  readonly checkpoint: string;
  readonly checkpointSha256: string;
  readonly model: ModelSize;
  /** See `Backbone`. */
  readonly activation: Activation | null;
  /** Where datasets are. */
  readonly data: LoadOptions;
  /** Folder of the feature cache. */
  readonly cacheDir: string;
  /** Folder of the learned prompts. */
  readonly promptDir: string;
  readonly runtime: RuntimeIdentity;
  /** Threads beside each worker that decode and resize pictures; 0: the worker does it itself. */
  readonly pictureThreads: number;
  /** See `Experiment`. */
  readonly engineVersions: Readonly<Record<string, string>>;
}

export type SplitName = 'train' | 'val' | 'test';

/** Pictures of one split under one view. */
export interface PictureGroup {
  readonly split: SplitName;
  /** See `View`. */
  readonly view: number;
  /** Indices into the split. */
  readonly indices: readonly number[];
}

/** Encode pictures into the feature cache. */
export interface FeaturesJob {
  readonly kind: 'features';
  readonly place: JobPlace;
  readonly dataset: string;
  readonly groups: readonly PictureGroup[];
}

/** Compute cells; the features they need are in the cache. */
export interface CellsJob {
  readonly kind: 'cells';
  readonly place: JobPlace;
  /** One, or several to be fitted in one graph. */
  readonly cells: readonly PlannedCell[];
  /** Keys of those whose records are asked for. */
  readonly wanted: readonly string[];
}

export type Job = FeaturesJob | CellsJob;

/** What a finished job gives back to the command. */
export type JobValue =
  | { readonly kind: 'features'; readonly encoded: number; readonly cached: number }
  | { readonly kind: 'cells'; readonly records: readonly CellRecord[] };
