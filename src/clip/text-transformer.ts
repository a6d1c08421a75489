import type { Node } from '../ir/index.ts';
import { add, gather, reshape, standardize } from '../ir/index.ts';
import type { TextWeights } from './text-weights.ts';
import { apply, attentionBlock, causalMask } from './transformer.ts';

/**
 * The text transformer of CLIP over padded rows; the plain form that the packed one is checked against.
 * @param tokens int32 [N, L].
 * @param eotRows int32 [N]: n · L + position of EOT in row n.
 * @returns [N, E], not normalised.
 * Source: openai/CLIP clip/model.py, CLIP.encode_text.
 */
export function encodeTokens(tokens: Node, eotRows: Node, weights: TextWeights): Node {
  const { width, heads, epsilon } = weights.architecture;
  const [batch, length] = tokens.shape as [number, number];
  const embedded = add(gather(weights.tokenEmbedding, tokens), weights.positionalEmbedding);
  const mask = causalMask(length);
  const x = weights.blocks.reduce(
    (rows, block) => attentionBlock(rows, block, heads, length, mask),
    reshape(embedded, [batch * length, width]),
  );
  return apply(standardize(gather(x, eotRows), epsilon), weights.projection);
}
