import { input, type Node } from '../ir/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { encodeWithResNet } from './resnet.ts';
import { encodeWithVit } from './vision-transformer.ts';

/** The image tower over N pictures: input `image` [N, 3, R, R], normalised; value [N, E], not normalised. */
export function encodeImages({ weights, architecture }: Checkpoint, count: number): Node {
  const { vision, embedDim } = architecture;
  const images = input('image', [count, 3, vision.resolution, vision.resolution]);
  return vision.kind === 'vit'
    ? encodeWithVit(images, weights, vision, embedDim)
    : encodeWithResNet(images, weights, vision, embedDim);
}
