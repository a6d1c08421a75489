import type { Node } from '../ir/index.ts';
import {
  add,
  broadcastTo,
  concat,
  conv2d,
  layerNorm,
  matmul,
  reshape,
  slice,
  transpose,
} from '../ir/index.ts';
import type { VitArchitecture } from './architecture.ts';
import { attentionBlock } from './transformer.ts';
import type { VisualWeights } from './visual-weights.ts';

/**
 * The vision transformer of CLIP.
 * @param images [N, 3, R, R], normalised.
 * @returns [N, E], not normalised.
 * Source: openai/CLIP clip/model.py, VisionTransformer.
 */
export function encodeWithVit(
  images: Node,
  weights: VisualWeights,
  vit: VitArchitecture,
  embedDim: number,
): Node {
  const { width, patchSize, grid } = vit;
  const [batch] = images.shape as [number];
  const length = grid * grid + 1;
  const { read } = weights;
  const norm = (x: Node, name: string) =>
    layerNorm(x, read(`${name}.weight`, width), read(`${name}.bias`, width), vit.epsilon);

  const patches = conv2d(images, read('conv1.weight', width, 3, patchSize, patchSize), {
    stride: patchSize,
    padding: 0,
  });
  const tokens = transpose(reshape(patches, [batch, width, grid * grid]), [0, 2, 1]);
  const classToken = broadcastTo(reshape(read('class_embedding', width), [1, 1, width]), [batch, 1, width]);
  const embedded = add(concat([classToken, tokens], 1), read('positional_embedding', length, width));

  let x = norm(reshape(embedded, [batch * length, width]), 'ln_pre');
  for (let layer = 0; layer < vit.layers; layer++) {
    x = attentionBlock(x, weights.block(layer, vit), vit.heads, length, null);
  }
  const pooled = reshape(slice(reshape(x, [batch, length, width]), 1, 0, 1), [batch, width]);
  return matmul(norm(pooled, 'ln_post'), read('proj', width, embedDim));
}
