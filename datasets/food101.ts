import { splitClassFolders } from '../src/data/index.ts';
import { diskDataset } from './disk-dataset.ts';

/** Dishes. Its own lists are not used: CoOp splits all pictures anew. */
export const FOOD101 = diskDataset({
  key: 'food101',
  title: 'Food101',
  classSource: 'names of the folders',
  prompt: 'a photo of {}, a type of food.',
  licence: 'pictures from Foodspotting, for research, see its home page',
  homePage: 'https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101/',
  citation: 'Bossard, Guillaumin and Van Gool, ECCV 2014',
  disk: {
    folder: 'food-101',
    pictures: 'images',
    splitFile: 'split_zhou_Food101.json',
    pictureFolders: ['images'],
    annotations: ['images'],
  },
  published: { classes: 101, train: 50500, val: 20200, test: 30300 },
  annotated: ({ pictures, cacheDir }) => splitClassFolders(pictures, { cacheDir }),
});
