import { imageNetTarget } from './imagenet-target.ts';

/** Sketches of the thousand classes. */
export const IMAGENET_SKETCH = imageNetTarget({
  key: 'imagenet_sketch',
  title: 'ImageNet-Sketch',
  classSource: 'sorted folders, named by classnames.txt',
  licence: 'see its home page',
  homePage: 'https://github.com/HaohanWang/ImageNet-Sketch',
  citation: 'Wang et al., NeurIPS 2019',
  folder: 'imagenet-sketch',
  pictures: 'images',
  published: { classes: 1000, test: 50889 },
  folders: 'wordnet',
});
