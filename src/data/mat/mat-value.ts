/** Sizes by dimension, two or more. Elements are in column order: the first index runs fastest. */
export type MatShape = readonly number[];

/** An array of real numbers or of truth values (0 and 1), whatever integer or float class it has in MATLAB. */
export interface MatNumbers {
  readonly kind: 'numbers';
  readonly shape: MatShape;
  /** Column order, one value an element. */
  readonly data: Float64Array;
}

/** A matrix of characters. */
export interface MatText {
  readonly kind: 'text';
  /** [rows, characters a row]; `''` is [0, 0]. */
  readonly shape: MatShape;
  /** One string a row of the matrix, with the spaces that fill short ones. */
  readonly rows: readonly string[];
}

/** An array of values of any kind. */
export interface MatCell {
  readonly kind: 'cell';
  readonly shape: MatShape;
  /** Column order, one value an element. */
  readonly items: readonly MatValue[];
}

/** An array of structures that all have the same fields. */
export interface MatStruct {
  readonly kind: 'struct';
  readonly shape: MatShape;
  /** By name, in the file's order; in each, one value an element in column order. */
  readonly fields: ReadonlyMap<string, readonly MatValue[]>;
}

/** A value this program does not read. It stands for itself, so that a file's other variables can be read. */
export interface MatUnreadable {
  readonly kind: 'unreadable';
  /** What it is, as an error may say it: `a sparse matrix`. */
  readonly what: string;
}

/** A value of a MATLAB 5 file. */
export type MatValue = MatNumbers | MatText | MatCell | MatStruct | MatUnreadable;

/** `3x4` */
function sizes(shape: MatShape): string {
  return shape.join('x');
}

/** What a value is, for errors: `a 1x3 cell array`. */
export function describeMat(value: MatValue): string {
  switch (value.kind) {
    case 'numbers':
      return `a ${sizes(value.shape)} array of numbers`;
    case 'text':
      return `a ${sizes(value.shape)} array of characters`;
    case 'cell':
      return `a ${sizes(value.shape)} cell array`;
    case 'struct':
      return `a ${sizes(value.shape)} struct`;
    case 'unreadable':
      return value.what;
    default:
      return value satisfies never;
  }
}
