import { type Activation, expectTensor, type StateDict } from '../checkpoint/index.ts';
import type { Node, NodeOf } from '../ir/index.ts';
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
import type { TransformerArchitecture } from './architecture.ts';

/** A linear layer y = x · W^T + b with W [out, in]. */
export interface LinearWeights {
  readonly weight: NodeOf<'constant'>;
  readonly bias: NodeOf<'constant'>;
}

/**
 * Weights of one residual attention block, ready for a frozen tower: the scale and shift of each layer
 * normalisation are folded into the linear layer behind it, 1/√d into the queries, and the factor of the
 * activation into the linear layers around it.
 */
export interface BlockWeights {
  readonly query: LinearWeights;
  readonly keyValue: LinearWeights;
  /** All three together, [3 W, W]; views of the same memory as `query` and `keyValue`. */
  readonly queryKeyValue: LinearWeights;
  readonly out: LinearWeights;
  readonly fc: LinearWeights;
  readonly proj: LinearWeights;
  readonly activation: Activation;
  /** Of the layer normalisations. */
  readonly epsilon: number;
}

/** CLIP's activation x · σ(1.702 x) is silu(1.702 x) / 1.702. */
const GELU_FACTOR = 1.702;

/** W · diag(scale), b + W · shift: what a linear layer after scale and shift equals. */
function foldNorm(
  weight: Float32Array,
  bias: Float32Array,
  scale: Float32Array,
  shift: Float32Array,
): { weight: Float32Array; bias: Float32Array } {
  const width = scale.length;
  const foldedWeight = new Float32Array(weight.length);
  const foldedBias = new Float32Array(bias.length);
  for (let row = 0; row < bias.length; row++) {
    let sum = bias[row]!;
    for (let column = 0; column < width; column++) {
      const w = weight[row * width + column]!;
      foldedWeight[row * width + column] = w * scale[column]!;
      sum += w * shift[column]!;
    }
    foldedBias[row] = sum;
  }
  return { weight: foldedWeight, bias: foldedBias };
}

function rows({ weight, bias }: LinearWeights, start: number, end: number, label: string): LinearWeights {
  const width = weight.shape[1]!;
  const w = (weight.attributes.data as Float32Array).subarray(start * width, end * width);
  const b = (bias.attributes.data as Float32Array).subarray(start, end);
  return {
    weight: constant(w, [end - start, width], label),
    bias: constant(b, [end - start], `${label} bias`),
  };
}

/** The same layer with its weights, and its bias where asked, times a factor. */
function scaled({ weight, bias }: LinearWeights, factor: number, parts: 'weight' | 'both'): LinearWeights {
  const times = ({ attributes: { data, label }, shape }: NodeOf<'constant'>) => {
    // A plain loop: `map` calls a function for each of some hundred million numbers.
    const product = new Float32Array(data.length);
    for (let i = 0; i < product.length; i++) product[i] = data[i]! * factor;
    return constant(product, shape, label);
  };
  return { weight: times(weight), bias: parts === 'both' ? times(bias) : bias };
}

/** Reads block `prefix` (e.g. `transformer.resblocks.3.`) and folds its normalisations. */
export function readBlock(
  weights: StateDict,
  prefix: string,
  { width, heads, mlpWidth, activation, epsilon }: TransformerArchitecture,
): BlockWeights {
  const read = (name: string, ...shape: number[]) => expectTensor(weights, `${prefix}${name}`, shape).data;
  const plain = (name: string, out: number, inner: number): LinearWeights => ({
    weight: constant(read(`${name}.weight`, out, inner), [out, inner], `${prefix}${name}`),
    bias: constant(read(`${name}.bias`, out), [out], `${prefix}${name}.bias`),
  });
  const behindNorm = (name: string, norm: string, out: number, separator: string): LinearWeights => {
    const folded = foldNorm(
      read(`${name}${separator}weight`, out, width),
      read(`${name}${separator}bias`, out),
      read(`${norm}.weight`, width),
      read(`${norm}.bias`, width),
    );
    return {
      weight: constant(folded.weight, [out, width], `${norm} ${name}`),
      bias: constant(folded.bias, [out], `${norm} ${name} bias`),
    };
  };
  const queryKeyValue = behindNorm('attn.in_proj', 'ln_1', 3 * width, '_');
  const scale = 1 / Math.sqrt(width / heads);
  const queries = rows(queryKeyValue, 0, width, `${prefix}query`);
  for (const { attributes } of [queries.weight, queries.bias]) {
    const data = attributes.data as Float32Array;
    for (let i = 0; i < data.length; i++) data[i]! *= scale;
  }
  const fc = behindNorm('mlp.c_fc', 'ln_2', mlpWidth, '.');
  const proj = plain('mlp.c_proj', width, mlpWidth);
  const quick = activation === 'quickgelu';
  return {
    query: queries,
    keyValue: rows(queryKeyValue, width, 3 * width, `${prefix}key value`),
    queryKeyValue,
    out: plain('attn.out_proj', width, width),
    fc: quick ? scaled(fc, GELU_FACTOR, 'both') : fc,
    proj: quick ? scaled(proj, 1 / GELU_FACTOR, 'weight') : proj,
    activation,
    epsilon,
  };
}

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
