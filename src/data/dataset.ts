import { join } from 'node:path';

/** A file on disk. */
export interface FilePicture {
  readonly kind: 'file';
  /** Folder that the split's paths start from; empty where `name` is a whole path. */
  readonly folder: string;
  /** Path within it as the split writes it, with forward slashes. */
  readonly name: string;
}

/** Where a picture's bytes come from. */
export type PictureRef =
  | FilePicture
  /** A drawing of an Iconify set, rendered at run time. `name` is `set:icon`. */
  | { readonly kind: 'icon'; readonly set: string; readonly icon: string; readonly name: string };

/** Path of a picture's file. Not kept in the picture: a million of them would hold their folder a million times. */
export function picturePath({ folder, name }: FilePicture): string {
  return join(folder, name);
}

/** One labelled picture. */
export interface Datum {
  readonly picture: PictureRef;
  /** 0 ≤ label < K. */
  readonly label: number;
}

/** A classification task: classes, and labelled pictures in three lists whose order counts. */
export interface Split {
  /** K class names; index = label. Underscores are allowed (prompts replace them). */
  readonly classNames: readonly string[];
  /**
   * What tells the classes apart where names do not, e.g. WordNet ids: targets are matched with their source by it.
   * Absent: the names do.
   */
  readonly classIds?: readonly string[];
  readonly train: readonly Datum[];
  /** Empty where a dataset has no such list: validation pictures are then drawn from train. */
  readonly val: readonly Datum[];
  readonly test: readonly Datum[];
}

/** How training goes on a dataset unless asked otherwise. */
export interface Protocol {
  /** See `CoOpConfig.views`. */
  readonly views: number | 'fresh';
  /** Whose schedule of epochs by shots. */
  readonly epochs: 'suite' | 'paper';
  /** The paper's schedule is cut at this many epochs; null: not at all. */
  readonly mostEpochs: number | null;
}

/** A classification task that can be run: its pictures, and what is known of it. */
export interface Dataset extends Split {
  readonly key: string;
  readonly title: string;
  /** Hand-made prompt, `{}` for the class name. */
  readonly prompt: string;
  /** Whether mirroring a picture keeps its class (not for arrows): training crops obey. */
  readonly mirrors: boolean;
  /** What a reader of its numbers should know; null when nothing is special. */
  readonly note: string | null;
  /** Where the split came from, in words: a file's name, or how it was made. */
  readonly splitSource: string;
  readonly protocol: Protocol;
  /** SHA-256 (hex) over split, class list and whatever else of the dataset changes a number. */
  readonly fingerprint: string;
  /** The dataset this is a part of (base or new classes): draws are made from the whole, and what is outside dropped. */
  readonly whole?: Dataset;
  /** The official draw of these shots and this seed, where its file lies beside the data; null where there is none. */
  readonly publishedDraw?: (shots: number, seed: number) => PublishedDraw | null;
}

/** A draw that was saved with a dataset by the official code, as indices in drawing order. */
export interface PublishedDraw {
  /** Into `train`. */
  readonly train: readonly number[];
  /** Into `val`; null where the file holds training pictures only. */
  readonly val: readonly number[] | null;
}

/** An RGB picture: width × height × 3 bytes, row by row. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
