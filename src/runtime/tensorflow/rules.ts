import type { Tensor } from '@tensorflow/tfjs-core';
import { type Node, type NodeOf, numel, type OpName, type Shape, sameShape } from '../../ir/index.ts';
import { avgPool2d, conv2d, conv2dInputGrad, conv2dWeightGrad } from './convolution.ts';
import type { Tf } from './tensorflow.ts';

/** Computes a node's value, a new tensor, from its operands' values; what is made on the way is given back after. */
type Rule<K extends OpName> = (tf: Tf, operands: readonly Tensor[], node: NodeOf<K>) => Tensor;

const unary =
  (f: (tf: Tf, x: Tensor) => Tensor): Rule<OpName> =>
  (tf, [x]) =>
    f(tf, x!);

const binary =
  (f: (tf: Tf, a: Tensor, b: Tensor) => Tensor): Rule<OpName> =>
  (tf, [a, b]) =>
    f(tf, a!, b!);

const given: Rule<OpName> = () => {
  throw new Error('internal: inputs and constants are given, not computed');
};

/** Repeats the matrices of x over leading axes; WebAssembly pairs up matrices wrongly where they differ. */
function withLead(tf: Tf, x: Tensor, lead: Shape): Tensor {
  const matrix = x.shape.slice(-2);
  const same = sameShape(x.shape.slice(0, -2), lead);
  return same ? x : tf.broadcastTo(x, [...lead, ...matrix]);
}

/** WebAssembly multiplies two matrices fast only as they stand: seven times faster, the turning included. */
function turned(tf: Tf, x: Tensor, turn: boolean): Tensor {
  return turn ? tf.transpose(x, [1, 0]) : x;
}

const matmul: Rule<'matmul'> = (tf, [a, b], { shape, attributes: { transA, transB } }) => {
  if (a!.rank === 2 && b!.rank === 2 && tf.getBackend() === 'wasm') {
    return tf.matMul(turned(tf, a!, transA), turned(tf, b!, transB));
  }
  const lead = shape.slice(0, -2);
  return tf.matMul(withLead(tf, a!, lead), withLead(tf, b!, lead), transA, transB);
};

/** x − mean over the last axis, and 1 / √(variance + epsilon). */
function moments(
  tf: Tf,
  x: Tensor,
  epsilon: number,
): { readonly centred: Tensor; readonly inverseStd: Tensor } {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  return { centred, inverseStd: tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)) };
}

/** Start and size of a slice in every direction. */
function range({ inputs, attributes }: NodeOf<'slice'>): readonly [number[], number[]] {
  const { shape } = inputs[0]!;
  const { axis, start, end } = attributes;
  return [
    shape.map((_, a) => (a === axis ? start : 0)),
    shape.map((size, a) => (a === axis ? end - start : size)),
  ];
}

/** One rule a primitive: the ops of TensorFlow.js that compute it, on every backend alike. */
const TENSORFLOW_RULES = {
  input: given,
  constant: given,
  neg: unary((tf, x) => tf.neg(x)),
  exp: unary((tf, x) => tf.exp(x)),
  log: unary((tf, x) => tf.log(x)),
  sqrt: unary((tf, x) => tf.sqrt(x)),
  sigmoid: unary((tf, x) => tf.sigmoid(x)),
  silu: unary((tf, x) => tf.mul(x, tf.sigmoid(x))),
  relu: unary((tf, x) => tf.relu(x)),
  erf: unary((tf, x) => tf.erf(x)),
  add: binary((tf, a, b) => tf.add(a, b)),
  sub: binary((tf, a, b) => tf.sub(a, b)),
  mul: binary((tf, a, b) => tf.mul(a, b)),
  div: binary((tf, a, b) => tf.div(a, b)),
  equal: binary((tf, a, b) => tf.equal(a, b)),
  greater: binary((tf, a, b) => tf.greater(a, b)),
  where: (tf, [condition, a, b]) => tf.where(condition!, a!, b!),
  toFloat: unary((tf, x) => tf.cast(x, 'float32')),
  matmul,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  avgPool2d,
  reduceSum: (tf, [x], { attributes: { axes, keepDims } }) => tf.sum(x!, [...axes], keepDims),
  reduceMax: (tf, [x], { attributes: { axes, keepDims } }) => tf.max(x!, [...axes], keepDims),
  reshape: (tf, [x], { shape }) => tf.reshape(x!, [...shape]),
  transpose: (tf, [x], { attributes: { permutation } }) => tf.transpose(x!, [...permutation]),
  broadcastTo: (tf, [x], { shape }) => tf.broadcastTo(x!, [...shape]),
  slice: (tf, [x], node) => tf.slice(x!, ...range(node)),
  pad: (tf, [x], { shape, attributes: { axis, before, after } }) =>
    tf.pad(
      x!,
      shape.map((_, a): [number, number] => (a === axis ? [before, after] : [0, 0])),
    ),
  concat: (tf, parts, { attributes: { axis } }) => tf.concat([...parts], axis),
  gather: (tf, [x, indices]) => tf.gather(x!, indices!, 0),
  scatterAdd: (tf, [updates, indices], { inputs, shape }) => {
    const count = numel(inputs[1]!.shape);
    const width = numel(shape.slice(1));
    // scatterND adds up updates of the same row.
    const sums = tf.scatterND(tf.reshape(indices!, [count, 1]), tf.reshape(updates!, [count, width]), [
      shape[0]!,
      width,
    ]);
    return tf.reshape(sums, [...shape]);
  },
  softmax: unary((tf, x) => tf.softmax(x)),
  logSoftmax: unary((tf, x) => tf.logSoftmax(x)),
  standardize: (tf, [x], { attributes: { epsilon } }) => {
    const { centred, inverseStd } = moments(tf, x!, epsilon);
    return tf.mul(centred, inverseStd);
  },
  inverseStd: (tf, [x], { attributes: { epsilon } }) => moments(tf, x!, epsilon).inverseStd,
} as const satisfies { readonly [K in OpName]: Rule<K> };

/**
 * The value of a node that is neither fed nor constant.
 * @param operands Values of its inputs; they stay the caller's.
 * @returns A new tensor of the node's shape, the caller's to dispose of. float32 throughout.
 */
export function applyRule(tf: Tf, node: Node, operands: readonly Tensor[]): Tensor {
  const rule = TENSORFLOW_RULES[node.op as OpName] as Rule<OpName>;
  return tf.tidy(() => rule(tf, operands, node as never));
}
