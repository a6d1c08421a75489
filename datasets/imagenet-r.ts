import { imageNetTarget } from './imagenet-target.ts';

/** Art, cartoons, toys and other renditions of 200 classes. */
export const IMAGENET_R = imageNetTarget({
  key: 'imagenet_r',
  title: 'ImageNet-R',
  classSource: 'sorted folders, named by classnames.txt',
  licence: 'MIT',
  homePage: 'https://github.com/hendrycks/imagenet-r',
  citation: 'Hendrycks et al., ICCV 2021',
  folder: 'imagenet-rendition',
  pictures: 'imagenet-r',
  published: { classes: 200, test: 30000 },
  folders: 'wordnet',
});
