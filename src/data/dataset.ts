/** Where a picture's bytes come from. */
export type PictureRef =
  /** A file on disk. `name` is the path as the split writes it. */
  | { readonly kind: 'file'; readonly path: string; readonly name: string }
  /** A drawing of an Iconify set, rendered at run time. `name` is `set:icon`. */
  | { readonly kind: 'icon'; readonly set: string; readonly icon: string; readonly name: string };

/** One labelled picture. */
export interface Datum {
  readonly picture: PictureRef;
  /** 0 ≤ label < K. */
  readonly label: number;
}

/** A classification task: pictures, labels, class names. */
export interface Dataset {
  readonly key: string;
  readonly title: string;
  /** K class names; index = label. Underscores are allowed (prompts replace them). */
  readonly classNames: readonly string[];
  readonly train: readonly Datum[];
  readonly val: readonly Datum[];
  readonly test: readonly Datum[];
  /** Hand-made prompt, `{}` for the class name. */
  readonly prompt: string;
  /** Whether mirroring a picture keeps its class (not for arrows): training crops obey. */
  readonly mirrors: boolean;
  /** SHA-256 (hex) over split, class list and whatever else of the dataset changes a number. */
  readonly fingerprint: string;
}

/** An RGB picture: width × height × 3 bytes, row by row. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
