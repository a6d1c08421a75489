import type { Dataset } from '../src/data/index.ts';

/** Where a dataset's files may be. */
export interface LoadOptions {
  /** Folder given by `--data`; null without one. Embedded datasets do not need it. */
  readonly dataRoot: string | null;
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
  /** Key of the dataset whose classes it is tested with; a target has no training pictures. Null for a source. */
  readonly targetOf: string | null;
  /** What a reader of its numbers should know; null when nothing is special. */
  readonly note: string | null;
  /** Reads class list and split; no picture is opened. */
  readonly load: (options: LoadOptions) => Promise<Dataset>;
}
