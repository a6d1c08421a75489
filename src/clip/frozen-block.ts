import { expectTensor, type StateDict } from '../checkpoint/index.ts';
import { constant, type NodeOf } from '../ir/index.ts';
import type { TransformerArchitecture } from './architecture.ts';
import { type BlockWeights, GELU_FACTOR } from './transformer.ts';

/** A linear layer of constants. */
interface FrozenLinear {
  readonly weight: NodeOf<'constant'>;
  readonly bias: NodeOf<'constant'>;
}

/** A block whose weights are constants, folded when they are read. */
export interface FrozenBlock extends BlockWeights {
  /** Rows of `queryKeyValue`, views of the same memory. */
  readonly query: FrozenLinear;
  readonly keyValue: FrozenLinear;
}

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

function rows({ weight, bias }: FrozenLinear, start: number, end: number, label: string): FrozenLinear {
  const width = weight.shape[1]!;
  const w = (weight.attributes.data as Float32Array).subarray(start * width, end * width);
  const b = (bias.attributes.data as Float32Array).subarray(start, end);
  return {
    weight: constant(w, [end - start, width], label),
    bias: constant(b, [end - start], `${label} bias`),
  };
}

/** The same layer with its weights, and its bias where asked, times a factor. */
function scaled({ weight, bias }: FrozenLinear, factor: number, parts: 'weight' | 'both'): FrozenLinear {
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
): FrozenBlock {
  const read = (name: string, ...shape: number[]) => expectTensor(weights, `${prefix}${name}`, shape).data;
  const plain = (name: string, out: number, inner: number): FrozenLinear => ({
    weight: constant(read(`${name}.weight`, out, inner), [out, inner], `${prefix}${name}`),
    bias: constant(read(`${name}.bias`, out), [out], `${prefix}${name}.bias`),
  });
  const behindNorm = (name: string, norm: string, out: number, separator: string): FrozenLinear => {
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
