import type { DType, Node, OpAttributes, OpName } from './node.ts';
import {
  broadcastShapes,
  checkAxes,
  checkSizes,
  numel,
  type Shape,
  ShapeError,
  sameShape,
  showShape,
} from './shape.ts';

/** Shape and type of a node's value. */
export interface Type {
  readonly shape: Shape;
  readonly dtype: DType;
}

type Rule<K extends OpName> = (inputs: readonly Node[], attributes: OpAttributes[K]) => Type;

const float = (shape: Shape): Type => ({ shape, dtype: 'float32' });

function expectTypes(op: string, inputs: readonly Node[], dtypes: readonly DType[]): void {
  const fits = inputs.length === dtypes.length && inputs.every((input, i) => input.dtype === dtypes[i]);
  if (fits) return;
  throw new ShapeError(
    op,
    inputs.map((input) => input.shape),
    `operands are (${inputs.map((input) => input.dtype).join(', ')}), expected (${dtypes.join(', ')})`,
  );
}

/** The operand of an op that takes one, of any type. */
function only(op: string, inputs: readonly Node[]): Node {
  if (inputs.length === 1) return inputs[0]!;
  throw new ShapeError(
    op,
    inputs.map((input) => input.shape),
    'takes one operand',
  );
}

type Plain = (inputs: readonly Node[]) => Type;

const unary =
  (op: string): Plain =>
  (inputs) => {
    expectTypes(op, inputs, ['float32']);
    return float(inputs[0]!.shape);
  };

const binary =
  (op: string): Plain =>
  (inputs) => {
    expectTypes(op, inputs, ['float32', 'float32']);
    return float(broadcastShapes(op, inputs[0]!.shape, inputs[1]!.shape));
  };

const comparison =
  (op: string): Plain =>
  (inputs) => {
    const [a, b] = inputs as [Node, Node];
    if (inputs.length !== 2 || a.dtype !== b.dtype || a.dtype === 'bool') {
      expectTypes(op, inputs, ['float32', 'float32']);
    }
    return { shape: broadcastShapes(op, a.shape, b.shape), dtype: 'bool' };
  };

const lastAxis =
  (op: string, keepSize: boolean): Plain =>
  (inputs) => {
    expectTypes(op, inputs, ['float32']);
    const shape = inputs[0]!.shape;
    if (shape.length === 0) throw new ShapeError(op, [shape], 'a scalar has no last axis');
    return float(keepSize ? shape : [...shape.slice(0, -1), 1]);
  };

const reduction =
  (op: string) =>
  (inputs: readonly Node[], { axes, keepDims }: OpAttributes['reduceSum']): Type => {
    expectTypes(op, inputs, ['float32']);
    const shape = inputs[0]!.shape;
    checkAxes(op, shape, axes);
    if (keepDims) return float(shape.map((size, axis) => (axes.includes(axis) ? 1 : size)));
    return float(shape.filter((_, axis) => !axes.includes(axis)));
  };

/** Output size of a convolution along one direction. */
export function convSize(size: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

function expectRank(op: string, inputs: readonly Node[], rank: number): void {
  if (inputs.every((input) => input.shape.length === rank)) return;
  throw new ShapeError(
    op,
    inputs.map((input) => input.shape),
    `expected operands of rank ${rank}`,
  );
}

function matmulType(inputs: readonly Node[], { transA, transB }: OpAttributes['matmul']): Type {
  const op = `matmul${transA ? '^T' : ''}${transB ? '·^T' : ''}`;
  expectTypes(op, inputs, ['float32', 'float32']);
  const [a, b] = inputs.map((input) => input.shape) as [Shape, Shape];
  if (a.length < 2 || b.length < 2) throw new ShapeError(op, [a, b], 'expected operands of rank 2 or more');
  const [m, k] = transA ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!];
  const [kb, n] = transB ? [b.at(-1)!, b.at(-2)!] : [b.at(-2)!, b.at(-1)!];
  if (k !== kb) throw new ShapeError(op, [a, b], `inner sizes are ${k} and ${kb}`);
  return float([...broadcastShapes(op, a.slice(0, -2), b.slice(0, -2)), m, n]);
}

function axisRange(op: string, shape: Shape, axis: number): number {
  checkAxes(op, shape, [axis]);
  return shape[axis]!;
}

function withAxis(shape: Shape, axis: number, size: number): Shape {
  return shape.map((old, a) => (a === axis ? size : old));
}

/** The one place that says which operands an op takes and what comes out. */
export const TYPE_RULES = {
  input: () => {
    throw new Error('internal: the type of an input is given, not inferred');
  },
  constant: () => {
    throw new Error('internal: the type of a constant is given, not inferred');
  },
  neg: unary('neg'),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  sigmoid: unary('sigmoid'),
  silu: unary('silu'),
  relu: unary('relu'),
  erf: unary('erf'),
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  equal: comparison('equal'),
  greater: comparison('greater'),
  where: (inputs) => {
    expectTypes('where', inputs, ['bool', 'float32', 'float32']);
    const [condition, a, b] = inputs as [Node, Node, Node];
    return float(broadcastShapes('where', broadcastShapes('where', condition.shape, a.shape), b.shape));
  },
  toFloat: (inputs) => {
    if (inputs.length !== 1 || inputs[0]!.dtype === 'float32') expectTypes('toFloat', inputs, ['bool']);
    return float(inputs[0]!.shape);
  },
  matmul: matmulType,
  conv2d: (inputs, { stride, padding }) => {
    expectTypes('conv2d', inputs, ['float32', 'float32']);
    expectRank('conv2d', inputs, 4);
    const [x, w] = inputs.map((input) => input.shape) as [Shape, Shape];
    if (x[1] !== w[1]) throw new ShapeError('conv2d', [x, w], `channels are ${x[1]} and ${w[1]}`);
    const height = convSize(x[2]!, w[2]!, stride, padding);
    const width = convSize(x[3]!, w[3]!, stride, padding);
    if (height < 1 || width < 1)
      throw new ShapeError('conv2d', [x, w], 'the kernel is larger than the picture');
    return float([x[0]!, w[0]!, height, width]);
  },
  conv2dInputGrad: (inputs, { height, width, stride, padding }) => {
    expectTypes('conv2dInputGrad', inputs, ['float32', 'float32']);
    expectRank('conv2dInputGrad', inputs, 4);
    const [g, w] = inputs.map((input) => input.shape) as [Shape, Shape];
    const fits =
      g[1] === w[0] &&
      g[2] === convSize(height, w[2]!, stride, padding) &&
      g[3] === convSize(width, w[3]!, stride, padding);
    if (!fits)
      throw new ShapeError('conv2dInputGrad', [g, w], `no cotangent of a ${height} × ${width} input`);
    return float([g[0]!, w[1]!, height, width]);
  },
  conv2dWeightGrad: (inputs, { kernelHeight, kernelWidth, stride, padding }) => {
    expectTypes('conv2dWeightGrad', inputs, ['float32', 'float32']);
    expectRank('conv2dWeightGrad', inputs, 4);
    const [g, x] = inputs.map((input) => input.shape) as [Shape, Shape];
    const fits =
      g[0] === x[0] &&
      g[2] === convSize(x[2]!, kernelHeight, stride, padding) &&
      g[3] === convSize(x[3]!, kernelWidth, stride, padding);
    if (!fits) {
      throw new ShapeError(
        'conv2dWeightGrad',
        [g, x],
        `no cotangent under a ${kernelHeight} × ${kernelWidth} kernel`,
      );
    }
    return float([g[1]!, x[1]!, kernelHeight, kernelWidth]);
  },
  avgPool2d: (inputs, { size }) => {
    expectTypes('avgPool2d', inputs, ['float32']);
    expectRank('avgPool2d', inputs, 4);
    const [n, c, h, w] = inputs[0]!.shape as [number, number, number, number];
    if (h < size || w < size)
      throw new ShapeError('avgPool2d', [inputs[0]!.shape], `smaller than ${size} × ${size}`);
    return float([n, c, Math.floor(h / size), Math.floor(w / size)]);
  },
  reduceSum: reduction('reduceSum'),
  reduceMax: reduction('reduceMax'),
  reshape: (inputs, { shape }) => {
    const x = only('reshape', inputs);
    if (numel(x.shape) !== numel(shape)) {
      throw new ShapeError('reshape', [x.shape], `cannot become ${showShape(shape)}`);
    }
    return { shape, dtype: x.dtype };
  },
  transpose: (inputs, { permutation }) => {
    const x = only('transpose', inputs);
    const axes = checkAxes('transpose', x.shape, permutation);
    if (axes.length !== x.shape.length) {
      throw new ShapeError('transpose', [x.shape], `permutation ${showShape(permutation)} has another rank`);
    }
    return { shape: permutation.map((axis) => x.shape[axis]!), dtype: x.dtype };
  },
  broadcastTo: (inputs, { shape }) => {
    const x = only('broadcastTo', inputs);
    if (!sameShape(broadcastShapes('broadcastTo', x.shape, shape), shape)) {
      throw new ShapeError('broadcastTo', [x.shape], `cannot become ${showShape(shape)}`);
    }
    return { shape, dtype: x.dtype };
  },
  slice: (inputs, { axis, start, end }) => {
    const x = only('slice', inputs);
    const size = axisRange('slice', x.shape, axis);
    if (!(0 <= start && start < end && end <= size)) {
      throw new ShapeError('slice', [x.shape], `${start}..${end} is not within axis ${axis} of size ${size}`);
    }
    return { shape: withAxis(x.shape, axis, end - start), dtype: x.dtype };
  },
  pad: (inputs, { axis, before, after }) => {
    expectTypes('pad', inputs, ['float32']);
    const [x] = inputs as [Node];
    const size = axisRange('pad', x.shape, axis);
    if (before < 0 || after < 0) throw new ShapeError('pad', [x.shape], `by ${before} and ${after}`);
    return float(withAxis(x.shape, axis, before + size + after));
  },
  concat: (inputs, { axis }) => {
    const shapes = inputs.map((input) => input.shape);
    if (inputs.length === 0) throw new ShapeError('concat', [], 'nothing to join');
    axisRange('concat', shapes[0]!, axis);
    const size = shapes.reduce((sum, shape) => sum + (shape[axis] ?? 0), 0);
    const joined = withAxis(shapes[0]!, axis, size);
    const fits = shapes.every((shape) => sameShape(withAxis(shape, axis, size), joined));
    if (!fits || inputs.some((input) => input.dtype !== inputs[0]!.dtype)) {
      throw new ShapeError('concat', shapes, `parts differ outside axis ${axis} or in type`);
    }
    return { shape: joined, dtype: inputs[0]!.dtype };
  },
  gather: (inputs) => {
    expectTypes('gather', inputs, ['float32', 'int32']);
    const [x, indices] = inputs as [Node, Node];
    if (x.shape.length === 0)
      throw new ShapeError('gather', [x.shape, indices.shape], 'a scalar has no rows');
    return float([...indices.shape, ...x.shape.slice(1)]);
  },
  scatterAdd: (inputs, { rows }) => {
    expectTypes('scatterAdd', inputs, ['float32', 'int32']);
    const [updates, indices] = inputs as [Node, Node];
    const lead = updates.shape.slice(0, indices.shape.length);
    if (!sameShape(lead, indices.shape)) {
      throw new ShapeError('scatterAdd', [updates.shape, indices.shape], 'leading axes differ');
    }
    return float([rows, ...updates.shape.slice(indices.shape.length)]);
  },
  softmax: lastAxis('softmax', true),
  logSoftmax: lastAxis('logSoftmax', true),
  standardize: lastAxis('standardize', true),
  inverseStd: lastAxis('inverseStd', false),
} as const satisfies { readonly [K in OpName]: Rule<K> };

/** Shape and type of what `op` makes of `inputs`. @throws {ShapeError} if they do not fit. */
export function inferType<K extends OpName>(
  op: K,
  inputs: readonly Node[],
  attributes: OpAttributes[K],
): Type {
  const type = (TYPE_RULES[op] as Rule<K>)(inputs, attributes);
  // Attributes come from callers' arithmetic: a stride of 0 or half a row must not get further than here.
  checkSizes(
    op,
    type.shape,
    inputs.map((input) => input.shape),
  );
  return type;
}
