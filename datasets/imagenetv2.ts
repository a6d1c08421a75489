import { imageNetTarget } from './imagenet-target.ts';

/** New test pictures, gathered as ImageNet's were. */
export const IMAGENETV2 = imageNetTarget({
  key: 'imagenetv2',
  title: 'ImageNetV2',
  classSource: 'the number of a folder is the line of classnames.txt',
  licence: 'MIT',
  homePage: 'https://github.com/modestyachts/ImageNetV2',
  citation: 'Recht et al., ICML 2019',
  folder: 'imagenetv2',
  pictures: 'imagenetv2-matched-frequency-format-val',
  published: { classes: 1000, test: 10000 },
  folders: 'numbered',
});
