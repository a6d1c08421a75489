import { type Checkpoint, trainableImages } from '../clip/index.ts';
import type { NodeOf } from '../ir/index.ts';
import * as ir from '../ir/index.ts';
import { cosineLogits, weightedCrossEntropy } from './coop-graph.ts';
import type { Objective } from './sgd-program.ts';

/** What a graph that trains an image tower needs to know. */
export interface ImageTuningSpec {
  readonly model: Pick<Checkpoint, 'weights' | 'architecture' | 'facts'>;
  /** exp(logit_scale), kept fixed. */
  readonly logitScale: number;
  /** K */
  readonly classCount: number;
  /** b, pictures of one run. */
  readonly rows: number;
}

/** The loss of an image tower. */
export interface ImageLoss extends Objective {
  /** Trainable weights, under their names in the checkpoint. */
  readonly weights: readonly NodeOf<'input'>[];
}

/**
 * Cross-entropy of exp(logit_scale) · cosine of pictures against fixed text features.
 * Inputs: the tower's weights, `image` [b, 3, R, R], `text_features` [K, E], `labels` int32 [b] and `row_weights` [b],
 * the weight of each picture in the sum.
 */
export function imageLoss({ model, logitScale, classCount, rows }: ImageTuningSpec): ImageLoss {
  const { features, weights } = trainableImages(model, rows);
  const text = ir.input('text_features', [classCount, model.architecture.embedDim]);
  const logits = cosineLogits(features, text, logitScale);
  const labels = ir.input('labels', [rows], 'int32');
  const loss = weightedCrossEntropy(logits, labels, ir.input('row_weights', [rows]));
  return { loss, logits, weights };
}
