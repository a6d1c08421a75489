import type { Dataset } from '../src/data/index.ts';

/** Which half of the classes is looked at: CoOp cuts the sorted labels after ceil(K / 2). */
export const SUBSAMPLES = ['all', 'base', 'new'] as const;
export type Subsample = (typeof SUBSAMPLES)[number];

/** A dataset of the person who runs the program: a folder, a CSV or a JSON Lines file. */
export interface OwnSource {
  /** Absolute path of the folder or file. */
  readonly path: string;
  /** Prompt template that was given, `{}` for the class name; null: the small file's, else the default. */
  readonly prompt: string | null;
  /** Absolute path of a file of class names that was given; null: the small file's, else those of folders or rows. */
  readonly classNamesFile: string | null;
}

/** Where datasets are. Plain data: it crosses threads. */
export interface LoadOptions {
  /** Folder given by `--data`; null without one. Embedded datasets do not need it. */
  readonly dataRoot: string | null;
  /** Folder of what can be made again (listings of large folders); null: nothing is kept. */
  readonly cacheDir: string | null;
  readonly subsample: Subsample;
  /** A person's own datasets, by key. */
  readonly own: Readonly<Record<string, OwnSource>>;
}

/** Nothing but the embedded datasets. */
export const EMBEDDED_ONLY: LoadOptions = { dataRoot: null, cacheDir: null, subsample: 'all', own: {} };

/** Sizes that were published with a dataset. */
export interface PublishedCounts {
  readonly classes: number;
  readonly train: number;
  readonly val: number;
  readonly test: number;
}

/** Where a dataset's files lie under the folder of `--data`, as CoOp's DATASETS.md has them. */
export interface DiskLayout {
  /** Folder of the dataset, e.g. `oxford_pets`. */
  readonly folder: string;
  /** Folder in it that a split's paths start from, e.g. `images`; empty: the dataset's own. */
  readonly pictures: string;
  /** Name of CoOp's split file; null where there is none. */
  readonly splitFile: string | null;
  /** Folders in the dataset's folder that hold its pictures. */
  readonly pictureFolders: readonly string[];
  /** Files and folders in it that the split is made from where no split file is. */
  readonly annotations: readonly string[];
}

/** What is known of a dataset before anything is read, and how to read it. One constant a dataset, one file each. */
export interface DatasetAdapter {
  readonly key: string;
  readonly title: string;
  /** Where the class list comes from. */
  readonly classSource: string;
  /** Hand-made prompt, `{}` for the class name. */
  readonly prompt: string;
  /** Whether mirroring a picture keeps its class; the reason stands at the constant. */
  readonly mirrors: boolean;
  /** Licence of the pictures, in words. */
  readonly licence: string;
  readonly homePage: string;
  /** Whom to cite; null where the credits are elsewhere. */
  readonly citation: string | null;
  /** Key of the dataset whose classes it is tested with; a target has no training pictures. Null for a source. */
  readonly targetOf: string | null;
  /** What a reader of its numbers should know; null when nothing is special. */
  readonly note: string | null;
  /** Null for an embedded dataset, which needs no files. */
  readonly disk: DiskLayout | null;
  /** Sizes of the published split; null where there is none. */
  readonly published: PublishedCounts | null;
  /** Reads class list and split; no picture is opened. */
  readonly load: (options: LoadOptions) => Promise<Dataset>;
}
