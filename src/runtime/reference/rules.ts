import type { NodeOf, OpName } from '../../ir/index.ts';
import { numel } from '../../ir/index.ts';
import { generate, mapRows, reader, type Value } from './array.ts';
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from './convolution.ts';
import { erf } from './erf.ts';

/** Computes a node's value from its operands' values. */
type Rule<K extends OpName> = (operands: readonly Value[], node: NodeOf<K>) => Value;

const unary =
  (f: (x: number) => number) =>
  ([x]: readonly Value[]): Value => ({ shape: x!.shape, data: x!.data.map(f) });

const binary =
  (f: (a: number, b: number) => number) =>
  (operands: readonly Value[], node: NodeOf<OpName>): Value => {
    const [a, b] = operands.map(reader) as [ReturnType<typeof reader>, ReturnType<typeof reader>];
    return generate(node.shape, (index) => f(a(index), b(index)));
  };

function reduce(
  x: Value,
  axes: readonly number[],
  start: number,
  f: (a: number, b: number) => number,
): Float64Array {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const total = new Float64Array(numel(kept)).fill(start);
  let i = 0;
  generate(x.shape, (index) => {
    let offset = 0;
    for (let axis = 0; axis < kept.length; axis++) {
      offset = offset * kept[axis]! + (kept[axis] === 1 ? 0 : index[axis]!);
    }
    total[offset] = f(total[offset]!, x.data[i++]!);
    return 0;
  });
  return total;
}

function logSumExp(row: Float64Array): number {
  const max = row.reduce((a, b) => Math.max(a, b), -Infinity);
  return max + Math.log(row.reduce((sum, x) => sum + Math.exp(x - max), 0));
}

function moments(row: Float64Array, epsilon: number): { mean: number; inverseStd: number } {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
  return { mean, inverseStd: 1 / Math.sqrt(variance + epsilon) };
}

function matmul([a, b]: readonly Value[], { shape, attributes }: NodeOf<'matmul'>): Value {
  const inner = a!.shape.at(attributes.transA ? -2 : -1)!;
  const [readA, readB] = [reader(a!), reader(b!)];
  return generate(shape, (index) => {
    const lead = index.slice(0, -2);
    const [i, j] = index.slice(-2) as [number, number];
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      sum +=
        readA([...lead, ...(attributes.transA ? [k, i] : [i, k])]) *
        readB([...lead, ...(attributes.transB ? [j, k] : [k, j])]);
    }
    return sum;
  });
}

/** One rule a primitive, in float64 and as plain as the definition. */
export const REFERENCE_RULES = {
  input: () => {
    throw new Error('internal: inputs are fed');
  },
  constant: (_, { attributes, shape }) => ({ shape, data: Float64Array.from(attributes.data) }),
  neg: unary((x) => -x),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  silu: unary((x) => x / (1 + Math.exp(-x))),
  relu: unary((x) => Math.max(x, 0)),
  erf: unary(erf),
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  equal: binary((a, b) => Number(a === b)),
  greater: binary((a, b) => Number(a > b)),
  where: (operands, { shape }) => {
    const [condition, a, b] = operands.map(reader) as [
      ReturnType<typeof reader>,
      ReturnType<typeof reader>,
      ReturnType<typeof reader>,
    ];
    return generate(shape, (index) => (condition(index) !== 0 ? a(index) : b(index)));
  },
  toFloat: unary((x) => x),
  matmul,
  conv2d: ([x, w], { shape, attributes }) => conv2d(x!, w!, shape, attributes),
  conv2dInputGrad: ([g, w], { shape, attributes }) => conv2dInputGrad(g!, w!, shape, attributes),
  conv2dWeightGrad: ([g, x], { shape, attributes }) => conv2dWeightGrad(g!, x!, shape, attributes),
  avgPool2d: ([x], { shape, attributes: { size } }) => {
    const read = reader(x!);
    return generate(shape, ([n, c, i, j]) => {
      let sum = 0;
      for (let u = 0; u < size; u++)
        for (let v = 0; v < size; v++) sum += read([n!, c!, i! * size + u, j! * size + v]);
      return sum / size ** 2;
    });
  },
  reduceSum: ([x], { shape, attributes: { axes } }) => ({
    shape,
    data: reduce(x!, axes, 0, (a, b) => a + b),
  }),
  reduceMax: ([x], { shape, attributes: { axes } }) => ({
    shape,
    data: reduce(x!, axes, -Infinity, Math.max),
  }),
  reshape: ([x], { shape }) => ({ shape, data: x!.data }),
  transpose: ([x], { shape, attributes: { permutation } }) => {
    const read = reader(x!);
    return generate(shape, (index) => read(permutation.map((_, axis) => index[permutation.indexOf(axis)]!)));
  },
  broadcastTo: ([x], { shape }) => generate(shape, reader(x!)),
  slice: ([x], { shape, attributes: { axis, start } }) => {
    const read = exactReader(x!);
    return generate(shape, (index) => read(index.map((i, a) => (a === axis ? i + start : i))));
  },
  pad: ([x], { shape, attributes: { axis, before } }) => {
    const read = exactReader(x!);
    return generate(shape, (index) => {
      const i = index[axis]! - before;
      return i < 0 || i >= x!.shape[axis]! ? 0 : read(index.map((j, a) => (a === axis ? i : j)));
    });
  },
  concat: (parts, { shape, attributes: { axis } }) => {
    const reads = parts.map(exactReader);
    return generate(shape, (index) => {
      let i = index[axis]!;
      let part = 0;
      while (i >= parts[part]!.shape[axis]!) i -= parts[part++]!.shape[axis]!;
      return reads[part]!(index.map((j, a) => (a === axis ? i : j)));
    });
  },
  gather: ([x, indices], { shape }) => {
    const width = numel(x!.shape.slice(1));
    const data = new Float64Array(numel(shape));
    indices!.data.forEach((row, i) => {
      data.set(x!.data.subarray(row * width, (row + 1) * width), i * width);
    });
    return { shape, data };
  },
  scatterAdd: ([updates, indices], { shape }) => {
    const width = numel(shape.slice(1));
    const data = new Float64Array(numel(shape));
    indices!.data.forEach((row, i) => {
      for (let j = 0; j < width; j++) data[row * width + j]! += updates!.data[i * width + j]!;
    });
    return { shape, data };
  },
  softmax: ([x]) =>
    mapRows(x!, x!.shape.at(-1)!, (row, out) => {
      const total = logSumExp(row);
      out.set(row.map((v) => Math.exp(v - total)));
    }),
  logSoftmax: ([x]) =>
    mapRows(x!, x!.shape.at(-1)!, (row, out) => {
      const total = logSumExp(row);
      out.set(row.map((v) => v - total));
    }),
  standardize: ([x], { attributes: { epsilon } }) =>
    mapRows(x!, x!.shape.at(-1)!, (row, out) => {
      const { mean, inverseStd } = moments(row, epsilon);
      out.set(row.map((v) => (v - mean) * inverseStd));
    }),
  inverseStd: ([x], { attributes: { epsilon } }) =>
    mapRows(x!, 1, (row, out) => {
      out[0] = moments(row, epsilon).inverseStd;
    }),
} as const satisfies { readonly [K in OpName]: Rule<K> };

/** Like `reader`, without broadcasting: an axis of size 1 is read at its index. */
function exactReader(x: Value): (index: readonly number[]) => number {
  return (index) => {
    let offset = 0;
    for (let axis = 0; axis < x.shape.length; axis++) offset = offset * x.shape[axis]! + index[axis]!;
    return x.data[offset]!;
  };
}
