import { gradients } from '../autodiff/index.ts';
import type { Graph, Node } from '../ir/index.ts';
import * as ir from '../ir/index.ts';
import { crossEntropy } from './coop-graph.ts';

/** Sizes of a cache of few-shot pictures. */
export interface CacheShape {
  /** K */
  readonly classes: number;
  /** S: keys that a class has room for. Where classes have different numbers of pictures, some slots are empty. */
  readonly slots: number;
  /** E */
  readonly embedDim: number;
}

/** Cosines of pictures [B, E], of any length, and keys [K·S, E] of length 1: [B, K·S]. */
const affinityOf = (images: Node, keys: Node): Node =>
  ir.matmul(ir.l2Normalize(images), keys, { transB: true });

/**
 * What the keys say of a picture: Σ over the keys of a class of exp(−β(1 − cosine)). With the keys in slots, class by
 * class, this sum is the product with the one-hot labels.
 * @param affinity [B, K·S] @param filled [K, S] @param beta [1] @returns [B, K]
 */
function cacheLogits(affinity: Node, filled: Node, beta: Node, { classes, slots }: CacheShape): Node {
  const nearness = ir.exp(ir.mul(ir.sub(affinity, ir.scalar(1)), beta));
  const byClass = ir.reshape(nearness, [affinity.shape[0]!, classes, slots]);
  return ir.reduceSum(ir.mul(byClass, filled), [2]);
}

/** Logits of the hand-made prompts: text features [K, E] of length 1 -> [B, K]. */
const promptLogits = (images: Node, text: Node, logitScale: number): Node =>
  ir.scale(ir.matmul(ir.l2Normalize(images), text, { transB: true }), logitScale);

const inputs = ({ classes, slots, embedDim }: CacheShape, batch: number) => ({
  images: ir.input('image_features', [batch, embedDim]),
  keys: ir.input('keys', [classes * slots, embedDim]),
  filled: ir.input('filled', [classes, slots]),
  text: ir.input('text_features', [classes, embedDim]),
});

/**
 * One step of fine-tuning the keys.
 * Inputs: `image_features` [B, E] (not normalised), `labels` int32 [B], `keys` [K·S, E], `filled` [K, S], 1 for a slot
 * with a key and 0 for an empty one, `text_features` [K, E] (of length 1), `alpha` [1], `beta` [1].
 * Outputs: `logits` [B, K], `loss` scalar, `keys_grad` of the keys' shape, 0 for empty slots.
 */
export function tipAdapterStepGraph(shape: CacheShape, logitScale: number, batch: number): Graph {
  const { images, keys, filled, text } = inputs(shape, batch);
  const labels = ir.input('labels', [batch], 'int32');
  const fromKeys = cacheLogits(affinityOf(images, keys), filled, ir.input('beta', [1]), shape);
  const logits = ir.add(promptLogits(images, text, logitScale), ir.mul(fromKeys, ir.input('alpha', [1])));
  const loss = crossEntropy(logits, labels);
  const [keysGrad] = gradients(loss, [keys]) as [Node];
  return ir.makeGraph({ logits, loss, keys_grad: keysGrad });
}

/**
 * What of the logits depends on neither α nor β.
 * Inputs: `image_features` [B, E] (not normalised), `keys` [K·S, E], `text_features` [K, E].
 * Outputs: `prompt_logits` [B, K], `affinity` [B, K·S].
 */
export function affinityGraph(shape: CacheShape, logitScale: number, batch: number): Graph {
  const { images, keys, text } = inputs(shape, batch);
  return ir.makeGraph({
    prompt_logits: promptLogits(images, text, logitScale),
    affinity: affinityOf(images, keys),
  });
}

/** The keys' part before α. Inputs: `affinity` [B, K·S], `filled` [K, S], `beta` [1]. Output: `cache_logits` [B, K]. */
export function cacheLogitsGraph(shape: CacheShape, batch: number): Graph {
  const affinity = ir.input('affinity', [batch, shape.classes * shape.slots]);
  const { filled } = inputs(shape, batch);
  return ir.makeGraph({ cache_logits: cacheLogits(affinity, filled, ir.input('beta', [1]), shape) });
}
