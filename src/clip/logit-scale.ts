import { expectTensor, type StateDict } from '../checkpoint/index.ts';

/** exp(logit_scale): the factor on every cosine, 100 in OpenAI's models. */
export function logitScale(weights: StateDict): number {
  // Some files keep it as a vector of one.
  const shape = weights.names.has('logit_scale') && weights.shapeOf('logit_scale').length === 1 ? [1] : [];
  return Math.exp(expectTensor(weights, 'logit_scale', shape).data[0]!);
}
