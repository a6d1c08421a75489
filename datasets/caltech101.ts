import { splitClassFolders } from '../src/data/index.ts';
import { diskDataset } from './disk-dataset.ts';

/** The background, and a second set of faces that are much the same. */
const IGNORED = ['BACKGROUND_Google', 'Faces_easy'];

const RENAMED = { airplanes: 'airplane', Faces: 'face', Leopards: 'leopard', Motorbikes: 'motorbike' };

/** Things of a hundred kinds, mostly alone in the middle of the picture. */
export const CALTECH101 = diskDataset({
  key: 'caltech101',
  title: 'Caltech101',
  classSource: 'names of the folders, four of them renamed',
  prompt: 'a photo of a {}.',
  licence: 'CC BY 4.0',
  homePage: 'https://data.caltech.edu/records/mzrjq-6wc02',
  citation: 'Fei-Fei, Fergus and Perona, CVPR Workshop 2004',
  disk: {
    folder: 'caltech-101',
    pictures: '101_ObjectCategories',
    splitFile: 'split_zhou_Caltech101.json',
    pictureFolders: ['101_ObjectCategories'],
    annotations: ['101_ObjectCategories'],
  },
  published: { classes: 100, train: 4128, val: 1649, test: 2465 },
  annotated: ({ pictures, cacheDir }) =>
    splitClassFolders(pictures, { cacheDir, ignored: IGNORED, renamed: RENAMED }),
});
