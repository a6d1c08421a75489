import { numel, type Shape, stridesOf } from '../../ir/index.ts';

/** A value of the reference interpreter: float64 whatever the node's type (bool as 0 and 1). */
export interface Value {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Fills a new value; `at` gets the multi-index of each element, row by row (the array is reused). */
export function generate(shape: Shape, at: (index: readonly number[]) => number): Value {
  const data = new Float64Array(numel(shape));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = at(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** Reads x at a multi-index, with NumPy's broadcasting: missing leading axes, and size 1 for any index. */
export function reader(x: Value): (index: readonly number[]) => number {
  const strides = stridesOf(x.shape).map((stride, axis) => (x.shape[axis] === 1 ? 0 : stride));
  const rank = x.shape.length;
  return (index) => {
    let offset = 0;
    const skip = index.length - rank;
    for (let axis = 0; axis < rank; axis++) offset += strides[axis]! * index[axis + skip]!;
    return x.data[offset]!;
  };
}

/** Applies f to every row of the last axis; rows are views, f writes its result into `out`. */
export function mapRows(
  x: Value,
  outWidth: number,
  f: (row: Float64Array, out: Float64Array) => void,
): Value {
  const width = x.shape.at(-1)!;
  const rows = x.data.length / width;
  const data = new Float64Array(rows * outWidth);
  for (let r = 0; r < rows; r++) {
    f(x.data.subarray(r * width, (r + 1) * width), data.subarray(r * outWidth, (r + 1) * outWidth));
  }
  return { shape: [...x.shape.slice(0, -1), outWidth], data };
}
