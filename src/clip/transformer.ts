import type { Activation } from '../checkpoint/index.ts';
import type { Node } from '../ir/index.ts';
import {
  add,
  constant,
  gelu,
  linear,
  matmul,
  reshape,
  silu,
  slice,
  softmax,
  standardize,
  transpose,
} from '../ir/index.ts';

/** A linear layer y = x · W^T + b with W [out, in]. */
export interface LinearWeights {
  readonly weight: Node;
  readonly bias: Node;
}

/**
 * Weights of one residual attention block as it is computed: the scale and shift of each layer normalisation are
 * folded into the linear layer behind it, 1/√d into the queries, and the factor of the activation into the linear
 * layers around it.
 */
export interface BlockWeights {
  /** Queries, keys and values together, [3 W, W]. */
  readonly queryKeyValue: LinearWeights;
  readonly out: LinearWeights;
  readonly fc: LinearWeights;
  readonly proj: LinearWeights;
  readonly activation: Activation;
  /** Of the layer normalisations. */
  readonly epsilon: number;
}

/** CLIP's activation x · σ(1.702 x) is silu(1.702 x) / 1.702. */
export const GELU_FACTOR = 1.702;

/** y = x · W^T + b over the last axis. */
export const apply = (x: Node, { weight, bias }: LinearWeights): Node => linear(x, weight, bias);

/** x + MLP(LN(x)) for rows x [N, W]. */
export function mlpResidual(x: Node, block: BlockWeights): Node {
  const hidden = apply(standardize(x, block.epsilon), block.fc);
  return add(x, apply(block.activation === 'quickgelu' ? silu(hidden) : gelu(hidden), block.proj));
}

/** Splits rows [N, c · W] into c parts [H, N, d], W = H · d. */
export function splitHeads(x: Node, parts: number, heads: number): Node[] {
  const [count, columns] = x.shape as [number, number];
  const headWidth = columns / parts / heads;
  const split = transpose(reshape(x, [count, parts, heads, headWidth]), [1, 2, 0, 3]);
  return Array.from({ length: parts }, (_, part) =>
    reshape(slice(split, 0, part, part + 1), [heads, count, headWidth]),
  );
}

/** [H, N, d] -> [N, H · d]. */
export function mergeHeads(x: Node): Node {
  const [heads, count, headWidth] = x.shape as [number, number, number];
  return reshape(transpose(x, [1, 0, 2]), [count, heads * headWidth]);
}

/** Adds 0 where column ≤ row and a number that softmax takes to 0 elsewhere: [L, L]. */
export function causalMask(length: number): Node {
  const mask = Float32Array.from({ length: length * length }, (_, i) =>
    i % length <= Math.floor(i / length) ? 0 : -1e9,
  );
  return constant(mask, [length, length], 'causal mask');
}

/**
 * One residual attention block over B sequences of equal length.
 * @param x [B · L, W], sequence by sequence.
 * @param mask [L, L], added to the scores, or null.
 * @returns [B · L, W]
 */
export function attentionBlock(
  x: Node,
  block: BlockWeights,
  heads: number,
  length: number,
  mask: Node | null,
): Node {
  const [count, width] = x.shape as [number, number];
  const batch = count / length;
  const perSequence = (part: Node) => reshape(part, [heads, batch, length, width / heads]);
  const [q, k, v] = splitHeads(apply(standardize(x, block.epsilon), block.queryKeyValue), 3, heads).map(
    perSequence,
  ) as [Node, Node, Node];
  const scores = matmul(q, k, { transB: true });
  const attended = matmul(softmax(mask === null ? scores : add(scores, mask)), v);
  const merged = mergeHeads(reshape(attended, [heads, count, width / heads]));
  return mlpResidual(add(x, apply(merged, block.out)), block);
}
