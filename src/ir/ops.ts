import { inferType } from './infer.ts';
import type { ConvAttributes, DType, Node, NodeOf, OpAttributes, OpName, TensorData } from './node.ts';
import { checkSizes, numel, type Shape, ShapeError, sameShape } from './shape.ts';

/** Makes a node; its shape is checked and inferred here. */
export function makeNode<K extends OpName>(
  op: K,
  inputs: readonly Node[],
  attributes: OpAttributes[K],
): Node {
  const { shape, dtype } = inferType(op, inputs, attributes);
  return { op, inputs, attributes, shape, dtype } as unknown as Node;
}

const NONE = {} as const;

/** A value fed at run time under `name`. @throws {ShapeError} a size is no whole number from 0 on. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): NodeOf<'input'> {
  checkSizes('input', shape, [shape]);
  return { op: 'input', inputs: [], attributes: { name }, shape, dtype };
}

/** Fixed values, row by row. The array is referenced, not copied. @throws {ShapeError} wrong length. */
export function constant(data: TensorData, shape: Shape, label = ''): NodeOf<'constant'> {
  checkSizes('constant', shape, [shape]);
  if (data.length !== numel(shape)) {
    throw new ShapeError('constant', [shape], `has ${data.length} values${label && ` (${label})`}`);
  }
  const dtype = data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bool';
  return { op: 'constant', inputs: [], attributes: { data, label }, shape, dtype };
}

/** A float32 scalar. */
export function scalar(value: number): NodeOf<'constant'> {
  return constant(Float32Array.of(value), []);
}

/** Zeros of a shape, held as one value. */
export function zeros(shape: Shape): Node {
  return broadcastTo(scalar(0), shape);
}

export const neg = (x: Node): Node => makeNode('neg', [x], NONE);
export const exp = (x: Node): Node => makeNode('exp', [x], NONE);
export const log = (x: Node): Node => makeNode('log', [x], NONE);
export const sqrt = (x: Node): Node => makeNode('sqrt', [x], NONE);
export const sigmoid = (x: Node): Node => makeNode('sigmoid', [x], NONE);
export const silu = (x: Node): Node => makeNode('silu', [x], NONE);
export const relu = (x: Node): Node => makeNode('relu', [x], NONE);
export const erf = (x: Node): Node => makeNode('erf', [x], NONE);
export const add = (a: Node, b: Node): Node => makeNode('add', [a, b], NONE);
export const sub = (a: Node, b: Node): Node => makeNode('sub', [a, b], NONE);
export const mul = (a: Node, b: Node): Node => makeNode('mul', [a, b], NONE);
export const div = (a: Node, b: Node): Node => makeNode('div', [a, b], NONE);
export const equal = (a: Node, b: Node): Node => makeNode('equal', [a, b], NONE);
export const greater = (a: Node, b: Node): Node => makeNode('greater', [a, b], NONE);
export const where = (condition: Node, a: Node, b: Node): Node => makeNode('where', [condition, a, b], NONE);
export const toFloat = (x: Node): Node => makeNode('toFloat', [x], NONE);

/** a · b over the last two axes; `transA`, `transB` transpose an operand first. */
export function matmul(a: Node, b: Node, { transA = false, transB = false } = {}): Node {
  return makeNode('matmul', [a, b], { transA, transB });
}

export const conv2d = (x: Node, weight: Node, attributes: ConvAttributes): Node =>
  makeNode('conv2d', [x, weight], attributes);
export const conv2dInputGrad = (g: Node, weight: Node, attributes: OpAttributes['conv2dInputGrad']): Node =>
  makeNode('conv2dInputGrad', [g, weight], attributes);
export const conv2dWeightGrad = (g: Node, x: Node, attributes: OpAttributes['conv2dWeightGrad']): Node =>
  makeNode('conv2dWeightGrad', [g, x], attributes);
export const avgPool2d = (x: Node, size: number): Node => makeNode('avgPool2d', [x], { size });

export function reduceSum(x: Node, axes: readonly number[], keepDims = false): Node {
  return axes.length === 0 ? x : makeNode('reduceSum', [x], { axes, keepDims });
}

export function reduceMax(x: Node, axes: readonly number[], keepDims = false): Node {
  return axes.length === 0 ? x : makeNode('reduceMax', [x], { axes, keepDims });
}

export function reshape(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : makeNode('reshape', [x], { shape });
}

export function transpose(x: Node, permutation: readonly number[]): Node {
  const identity = permutation.length === x.shape.length && permutation.every((axis, i) => axis === i);
  return identity ? x : makeNode('transpose', [x], { permutation });
}

export function broadcastTo(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : makeNode('broadcastTo', [x], { shape });
}

/** Elements start ≤ i < end of one axis. */
export function slice(x: Node, axis: number, start: number, end: number): Node {
  if (start === 0 && end === x.shape[axis]) return x;
  return makeNode('slice', [x], { axis, start, end });
}

export function pad(x: Node, axis: number, before: number, after: number): Node {
  return before === 0 && after === 0 ? x : makeNode('pad', [x], { axis, before, after });
}

export function concat(parts: readonly Node[], axis: number): Node {
  return parts.length === 1 ? parts[0]! : makeNode('concat', parts, { axis });
}

/** Rows of x [R, ...] at int32 indices [I...]: [I..., ...]. */
export const gather = (x: Node, indices: Node): Node => makeNode('gather', [x, indices], NONE);
/** Sums updates [I..., ...] into the rows that indices [I...] name: [rows, ...]. */
export const scatterAdd = (updates: Node, indices: Node, rows: number): Node =>
  makeNode('scatterAdd', [updates, indices], { rows });

export const softmax = (x: Node): Node => makeNode('softmax', [x], NONE);
export const logSoftmax = (x: Node): Node => makeNode('logSoftmax', [x], NONE);
export const standardize = (x: Node, epsilon = 1e-5): Node => makeNode('standardize', [x], { epsilon });
export const inverseStd = (x: Node, epsilon = 1e-5): Node => makeNode('inverseStd', [x], { epsilon });
