import { expectTensor, type StateDict } from '../checkpoint/index.ts';
import { constant, type NodeOf } from '../ir/index.ts';
import type { ClipArchitecture, TextArchitecture } from './architecture.ts';
import { type FrozenBlock, readBlock } from './frozen-block.ts';
import type { LinearWeights } from './transformer.ts';
import { weightConstant } from './weight-constant.ts';

/** A frozen text tower's weights as constants; graphs built from one object share its memory. */
export interface TextWeights {
  readonly architecture: TextArchitecture;
  /** [V, W] */
  readonly tokenEmbedding: NodeOf<'constant'>;
  /** [L, W] */
  readonly positionalEmbedding: NodeOf<'constant'>;
  readonly blocks: readonly FrozenBlock[];
  /** ln_final's scale and shift folded into the projection: weight [E, W], bias [E]. */
  readonly projection: LinearWeights;
}

/** Reads the text tower. @throws {UserError} CHECKPOINT_TENSOR_MISSING, CHECKPOINT_SHAPE */
export function readTextWeights(weights: StateDict, { text, embedDim }: ClipArchitecture): TextWeights {
  const { width, layers, vocabSize, contextLength } = text;
  const scale = expectTensor(weights, 'ln_final.weight', [width]).data;
  const shift = expectTensor(weights, 'ln_final.bias', [width]).data;
  const stored = expectTensor(weights, 'text_projection', [width, embedDim]).data;
  const projected = new Float32Array(embedDim * width);
  const bias = new Float32Array(embedDim);
  for (let e = 0; e < embedDim; e++) {
    let sum = 0;
    for (let w = 0; w < width; w++) {
      const value = stored[w * embedDim + e]!;
      projected[e * width + w] = value * scale[w]!;
      sum += value * shift[w]!;
    }
    bias[e] = sum;
  }
  return {
    architecture: text,
    tokenEmbedding: weightConstant(weights, 'token_embedding.weight', [vocabSize, width]),
    positionalEmbedding: weightConstant(weights, 'positional_embedding', [contextLength, width]),
    blocks: Array.from({ length: layers }, (_, i) => readBlock(weights, `transformer.resblocks.${i}.`, text)),
    projection: {
      weight: constant(projected, [embedDim, width], 'ln_final text_projection'),
      bias: constant(bias, [embedDim], 'ln_final text_projection bias'),
    },
  };
}
