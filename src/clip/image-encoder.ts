import { input, type Node, type NodeOf } from '../ir/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { frozenVisual } from './frozen-visual.ts';
import { encodeWithResNet } from './resnet.ts';
import { trainableVisual } from './trainable-visual.ts';
import { encodeWithVit } from './vision-transformer.ts';
import type { VisualWeights } from './visual-weights.ts';

type Model = Pick<Checkpoint, 'weights' | 'architecture'>;

/** Input `image` [N, 3, R, R], normalised; value [N, E], not normalised. */
function imageTower({ architecture }: Model, weights: VisualWeights, count: number): Node {
  const { vision, embedDim } = architecture;
  const images = input('image', [count, 3, vision.resolution, vision.resolution]);
  return vision.kind === 'vit'
    ? encodeWithVit(images, weights, vision, embedDim)
    : encodeWithResNet(images, weights, vision, embedDim);
}

/** The frozen image tower over N pictures: input `image` [N, 3, R, R], normalised; value [N, E], not normalised. */
export function encodeImages(model: Model, count: number): Node {
  return imageTower(model, frozenVisual(model.weights), count);
}

/** An image tower whose weights are fed. */
export interface TrainableTower {
  /** [N, E], not normalised. Besides `weights`, it has the input `image` [N, 3, R, R]. */
  readonly features: Node;
  /** Every trainable weight, under its name in the checkpoint (`visual.…`). */
  readonly weights: readonly NodeOf<'input'>[];
}

/**
 * The image tower over N pictures with its weights as inputs; statistics of batch normalisations are constants.
 * @throws {UserError} CHECKPOINT_TENSOR_MISSING, CHECKPOINT_SHAPE
 */
export function trainableImages(model: Model, count: number): TrainableTower {
  const weights = trainableVisual(model.weights);
  const features = imageTower(model, weights, count);
  return { features, weights: weights.inputs };
}
