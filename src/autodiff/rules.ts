import type { Node, NodeOf, OpName } from '../ir/index.ts';
import * as ir from '../ir/index.ts';
import { type Contribution, unbroadcast } from './contribution.ts';

/**
 * What each operand of `node` gets of the cotangent `g` [shape of node]: a function that builds it (called
 * only for operands that need it), or null where no gradient flows.
 */
type GradientRule<K extends OpName> = (node: NodeOf<K>, g: Node) => readonly (null | (() => Contribution))[];

/** The op is piecewise constant, or yields no float: nothing flows back. */
const NO_GRADIENT = 'none';

/** x where the mask is 1, else 0. */
const masked = (g: Node, condition: Node): Node => ir.where(condition, g, ir.scalar(0));

const lastAxisSum = (x: Node): Node => ir.reduceSum(x, [x.shape.length - 1], true);

/**
 * What a row of x [rows, ...] gets back of g [I, ...], where g's rows are rows of x by constant indices that name none
 * twice: a row of g, or zero. Null for other indices.
 */
function sentBack(g: Node, indices: Node, rows: number): Node | null {
  if (indices.op !== 'constant' || indices.shape.length !== 1) return null;
  const [count] = indices.shape as [number];
  const inverse = new Int32Array(rows).fill(count);
  indices.attributes.data.forEach((row, place) => {
    inverse[Number(row)] = place;
  });
  const left = inverse.reduce((sum, place) => sum + (place === count ? 1 : 0), 0);
  if (rows - left !== count) return null;
  const source = left === 0 ? g : ir.concat([g, ir.zeros([1, ...g.shape.slice(1)])], 0);
  return ir.gather(source, ir.constant(inverse, [rows], 'inverse order'));
}

/** Puts reduced axes back with size 1. */
function keepReduced(g: Node, x: Node, axes: readonly number[]): Node {
  return ir.reshape(
    g,
    x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  );
}

/** One rule a primitive. Rules build ordinary nodes, so gradients can be differentiated again. */
export const GRADIENT_RULES = {
  input: NO_GRADIENT,
  constant: NO_GRADIENT,
  equal: NO_GRADIENT,
  greater: NO_GRADIENT,
  toFloat: NO_GRADIENT,
  neg: (_, g) => [() => ir.neg(g)],
  exp: (y, g) => [() => ir.mul(g, y)],
  log: ({ inputs: [x] }, g) => [() => ir.div(g, x!)],
  sqrt: (y, g) => [() => ir.div(g, ir.scale(y, 2))],
  sigmoid: (y, g) => [() => ir.mul(g, ir.mul(y, ir.sub(ir.scalar(1), y)))],
  // With s = σ(x) and y = x s: dy/dx = s + y − y s, four passes over memory where the product rule takes six.
  silu: (y, g) => [
    () => {
      const s = ir.sigmoid(y.inputs[0]!);
      const value = y as Node;
      return ir.mul(g, ir.add(s, ir.sub(value, ir.mul(value, s))));
    },
  ],
  // At 0 the slope is 0, as in PyTorch. Asked of y, so that x need not be kept until the way back.
  relu: (y, g) => [() => masked(g, ir.greater(y as Node, ir.scalar(0)))],
  erf: ({ inputs: [x] }, g) => [
    () => ir.mul(g, ir.scale(ir.exp(ir.neg(ir.mul(x!, x!))), 2 / Math.sqrt(Math.PI))),
  ],
  add: ({ inputs: [a, b] }, g) => [() => unbroadcast(g, a!.shape), () => unbroadcast(g, b!.shape)],
  sub: ({ inputs: [a, b] }, g) => [() => unbroadcast(g, a!.shape), () => ir.neg(unbroadcast(g, b!.shape))],
  mul: ({ inputs: [a, b] }, g) => [
    () => unbroadcast(ir.mul(g, b!), a!.shape),
    () => unbroadcast(ir.mul(g, a!), b!.shape),
  ],
  div: (y, g) => {
    const [a, b] = y.inputs as [Node, Node];
    return [
      () => unbroadcast(ir.div(g, b), a.shape),
      () => ir.neg(unbroadcast(ir.div(ir.mul(g, y as Node), b), b.shape)),
    ];
  },
  where: ({ inputs: [condition, a, b] }, g) => [
    null,
    () => unbroadcast(ir.where(condition!, g, ir.scalar(0)), a!.shape),
    () => unbroadcast(ir.where(condition!, ir.scalar(0), g), b!.shape),
  ],
  matmul: ({ inputs: [a, b], attributes: { transA, transB } }, g) => [
    () =>
      unbroadcast(
        transA ? ir.matmul(b!, g, { transA: transB, transB: true }) : ir.matmul(g, b!, { transB: !transB }),
        a!.shape,
      ),
    () =>
      unbroadcast(
        transB ? ir.matmul(g, a!, { transA: true, transB: transA }) : ir.matmul(a!, g, { transA: !transA }),
        b!.shape,
      ),
  ],
  conv2d: ({ inputs: [x, w], attributes: { stride, padding } }, g) => [
    () => ir.conv2dInputGrad(g, w!, { stride, padding, height: x!.shape[2]!, width: x!.shape[3]! }),
    () =>
      ir.conv2dWeightGrad(g, x!, { stride, padding, kernelHeight: w!.shape[2]!, kernelWidth: w!.shape[3]! }),
  ],
  // Both are linear in each operand: their gradients are the other two members of the family.
  conv2dInputGrad: ({ inputs: [cotangent, w], attributes: { stride, padding } }, g) => [
    () => ir.conv2d(g, w!, { stride, padding }),
    () =>
      ir.conv2dWeightGrad(cotangent!, g, {
        stride,
        padding,
        kernelHeight: w!.shape[2]!,
        kernelWidth: w!.shape[3]!,
      }),
  ],
  conv2dWeightGrad: ({ inputs: [cotangent, x], attributes: { stride, padding } }, g) => [
    () => ir.conv2d(x!, g, { stride, padding }),
    () => ir.conv2dInputGrad(cotangent!, g, { stride, padding, height: x!.shape[2]!, width: x!.shape[3]! }),
  ],
  avgPool2d: ({ inputs: [x], attributes: { size }, shape }, g) => [
    () => {
      const [n, c, h, w] = shape as [number, number, number, number];
      const spread = ir.broadcastTo(ir.reshape(g, [n, c, h, 1, w, 1]), [n, c, h, size, w, size]);
      const windows = ir.scale(ir.reshape(spread, [n, c, h * size, w * size]), 1 / size ** 2);
      return ir.pad(ir.pad(windows, 2, 0, x!.shape[2]! - h * size), 3, 0, x!.shape[3]! - w * size);
    },
  ],
  reduceSum: ({ inputs: [x], attributes: { axes } }, g) => [
    () => ir.broadcastTo(keepReduced(g, x!, axes), x!.shape),
  ],
  // Equal maxima share the cotangent evenly, as torch.amax does.
  reduceMax: (y, g) => [
    () => {
      const [x] = y.inputs as [Node];
      const { axes } = y.attributes;
      const isMax = ir.where(ir.equal(x, keepReduced(y as Node, x, axes)), ir.scalar(1), ir.scalar(0));
      return ir.mul(isMax, ir.div(keepReduced(g, x, axes), ir.reduceSum(isMax, axes, true)));
    },
  ],
  reshape: ({ inputs: [x] }, g) => [() => ir.reshape(g, x!.shape)],
  transpose: ({ attributes: { permutation } }, g) => [
    () =>
      ir.transpose(
        g,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
  broadcastTo: ({ inputs: [x] }, g) => [() => unbroadcast(g, x!.shape)],
  slice: ({ inputs: [x], attributes: { axis, start } }, g) => [
    () => ({ part: g, axis, start, shape: x!.shape }),
  ],
  pad: ({ inputs: [x], attributes: { axis, before } }, g) => [
    () => ir.slice(g, axis, before, before + x!.shape[axis]!),
  ],
  concat: ({ inputs, attributes: { axis } }, g) => {
    let start = 0;
    return inputs.map((part) => {
      const from = start;
      start += part.shape[axis]!;
      return () => ir.slice(g, axis, from, from + part.shape[axis]!);
    });
  },
  // Rows that are taken once at most go back by the inverse order: no sums, and far faster.
  gather: ({ inputs: [x, indices] }, g) => [
    () => sentBack(g, indices!, x!.shape[0]!) ?? ir.scatterAdd(g, indices!, x!.shape[0]!),
    null,
  ],
  scatterAdd: ({ inputs: [, indices] }, g) => [() => ir.gather(g, indices!), null],
  softmax: (y, g) => [() => ir.mul(y, ir.sub(g, lastAxisSum(ir.mul(g, y))))],
  logSoftmax: ({ inputs: [x] }, g) => [() => ir.sub(g, ir.mul(ir.softmax(x!), lastAxisSum(g)))],
  // With y = (x − μ) r and r = 1/√(σ² + ε): dx = r (g − mean(g) − y · mean(g y)).
  standardize: (y, g) => [
    () => {
      const [x] = y.inputs as [Node];
      const last = [x.shape.length - 1];
      const centred = ir.sub(g, ir.mean(g, last, true));
      const projected = ir.mul(y, ir.mean(ir.mul(g, y), last, true));
      return ir.mul(ir.inverseStd(x, y.attributes.epsilon), ir.sub(centred, projected));
    },
  ],
  // dr/dx = −r² y / D.
  inverseStd: (r, g) => [
    () => {
      const [x] = r.inputs as [Node];
      const y = ir.standardize(x, r.attributes.epsilon);
      return ir.mul(ir.scale(ir.mul(ir.mul(r, r), g), -1 / x.shape.at(-1)!), y);
    },
  ],
} as const satisfies { readonly [K in OpName]: typeof NO_GRADIENT | GradientRule<K> };
