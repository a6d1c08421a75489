import { expectTensor, type StateDict } from '../checkpoint/index.ts';

/** exp(logit_scale): the factor on every cosine, 100 in OpenAI's models. */
export function logitScale(weights: StateDict): number {
  return Math.exp(expectTensor(weights, 'logit_scale', []).data[0]!);
}
