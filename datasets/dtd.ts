import { splitClassFolders } from '../src/data/index.ts';
import { diskDataset } from './disk-dataset.ts';

/** Describable textures. */
export const DTD = diskDataset({
  key: 'dtd',
  title: 'DTD',
  classSource: 'names of the folders',
  prompt: '{} texture.',
  licence: 'for research, see its home page',
  homePage: 'https://www.robots.ox.ac.uk/~vgg/data/dtd/',
  citation: 'Cimpoi et al., CVPR 2014',
  disk: {
    folder: 'dtd',
    pictures: 'images',
    splitFile: 'split_zhou_DescribableTextures.json',
    pictureFolders: ['images'],
    annotations: ['images'],
  },
  published: { classes: 47, train: 2820, val: 1128, test: 1692 },
  annotated: ({ pictures, cacheDir }) => splitClassFolders(pictures, { cacheDir }),
});
