import { imageNetTarget } from './imagenet-target.ts';

/** Photographs that ResNet-50 gets wrong, of 200 classes. */
export const IMAGENET_A = imageNetTarget({
  key: 'imagenet_a',
  title: 'ImageNet-A',
  classSource: 'sorted folders, named by classnames.txt',
  licence: 'MIT',
  homePage: 'https://github.com/hendrycks/natural-adv-examples',
  citation: 'Hendrycks et al., CVPR 2021',
  folder: 'imagenet-adversarial',
  pictures: 'imagenet-a',
  published: { classes: 200, test: 7500 },
  folders: 'wordnet',
});
