import type { Node } from './node.ts';
import { add, div, erf, matmul, mul, reduceSum, reshape, scalar, sigmoid, sqrt, standardize } from './ops.ts';

/** x · s for a number s. */
export const scale = (x: Node, factor: number): Node => mul(x, scalar(factor));

/** Mean over axes. */
export function mean(x: Node, axes: readonly number[], keepDims = false): Node {
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  return scale(reduceSum(x, axes, keepDims), 1 / count);
}

/** x · W^T + b, W [out, in] as PyTorch keeps it, over the last axis of x [..., in]. */
export function linear(x: Node, weight: Node, bias: Node | null): Node {
  const width = x.shape.at(-1)!;
  const rows = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const product = matmul(reshape(x, [rows, width]), weight, { transB: true });
  const y = bias === null ? product : add(product, bias);
  return reshape(y, [...x.shape.slice(0, -1), weight.shape[0]!]);
}

/** Layer normalisation over the last axis with scale and shift [D]. */
export function layerNorm(x: Node, weight: Node, bias: Node, epsilon = 1e-5): Node {
  return add(mul(standardize(x, epsilon), weight), bias);
}

/** x · σ(1.702 x), the activation of OpenAI's CLIP. */
export const quickGelu = (x: Node): Node => mul(x, sigmoid(scale(x, 1.702)));

/** x · Φ(x), exact. */
export const gelu = (x: Node): Node => mul(scale(x, 0.5), add(erf(scale(x, Math.SQRT1_2)), scalar(1)));

/** x / ‖x‖₂ over the last axis. */
export function l2Normalize(x: Node): Node {
  return div(x, sqrt(reduceSum(mul(x, x), [x.shape.length - 1], true)));
}
