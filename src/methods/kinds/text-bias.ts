import { textMethod } from '../text-method.ts';

/**
 * Text bias: a vector [E] added to the text features of a hand-made prompt, before normalisation; from 0.
 * Source: Zhou et al., IJCV 2022, arXiv 2109.01134, the comparison of fine-tuning methods.
 */
export const textBias = textMethod({
  part: 'bias',
  key: 'text_bias',
  title: 'Text bias',
  // Raised on purpose when the method's numbers change.
  version: 1,
  learningRates: [0.001, 0.01, 0.1],
});
