import { add, constant, matmul, mul, type Node, reshape, scale } from '../ir/index.ts';
import type { TransformerArchitecture } from './architecture.ts';
import { type BlockWeights, GELU_FACTOR, type LinearWeights } from './transformer.ts';

/** A linear layer behind the scale and shift of a layer normalisation: W · diag(scale), b + W · shift. */
function behindNorm({ weight, bias }: LinearWeights, norm: LinearWeights): LinearWeights {
  const [out, width] = weight.shape as [number, number];
  const shifted = matmul(reshape(norm.bias, [1, width]), weight, { transB: true });
  return { weight: mul(weight, norm.weight), bias: add(bias, reshape(shifted, [out])) };
}

/**
 * Weights of a residual attention block, folded within the graph so that gradients reach each parameter.
 * @param read A parameter of the block, by its name in the checkpoint behind the block's prefix.
 */
export function trainableBlock(
  read: (name: string, ...shape: number[]) => Node,
  { width, heads, mlpWidth, activation, epsilon }: TransformerArchitecture,
): BlockWeights {
  const layer = (name: string, out: number, inner: number, separator = '.'): LinearWeights => ({
    weight: read(`${name}${separator}weight`, out, inner),
    bias: read(`${name}${separator}bias`, out),
  });
  const norm = (name: string): LinearWeights => ({
    weight: read(`${name}.weight`, width),
    bias: read(`${name}.bias`, width),
  });
  const attention = behindNorm(layer('attn.in_proj', 3 * width, width, '_'), norm('ln_1'));
  // 1/√d into the queries, 1 into keys and values.
  const factors = Float32Array.from({ length: 3 * width }, (_, row) =>
    row < width ? 1 / Math.sqrt(width / heads) : 1,
  );
  const perRow = constant(factors, [3 * width], '1/√d of the queries');
  const fc = behindNorm(layer('mlp.c_fc', mlpWidth, width), norm('ln_2'));
  const proj = layer('mlp.c_proj', width, mlpWidth);
  const quick = activation === 'quickgelu';
  return {
    queryKeyValue: {
      weight: mul(attention.weight, reshape(perRow, [3 * width, 1])),
      bias: mul(attention.bias, perRow),
    },
    out: layer('attn.out_proj', width, width),
    fc: quick ? { weight: scale(fc.weight, GELU_FACTOR), bias: scale(fc.bias, GELU_FACTOR) } : fc,
    proj: quick ? { weight: scale(proj.weight, 1 / GELU_FACTOR), bias: proj.bias } : proj,
    activation,
    epsilon,
  };
}
