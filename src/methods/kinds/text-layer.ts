import { textMethod } from '../text-method.ts';

/**
 * Text transformation layer: W [E, E] on the text features of a hand-made prompt, before normalisation; from identity.
 * Source: Zhou et al., IJCV 2022, arXiv 2109.01134, the comparison of fine-tuning methods.
 */
export const textLayer = textMethod({
  part: 'layer',
  key: 'text_layer',
  title: 'Text transformation layer',
  // Raised on purpose when the method's numbers change.
  version: 1,
  learningRates: [0.001, 0.01, 0.1],
});
