import { splitClassFolders } from '../src/data/index.ts';
import { diskDataset } from './disk-dataset.ts';

/** River and Forest keep their names. */
const RENAMED = {
  AnnualCrop: 'Annual Crop Land',
  HerbaceousVegetation: 'Herbaceous Vegetation Land',
  Highway: 'Highway or Road',
  Industrial: 'Industrial Buildings',
  Pasture: 'Pasture Land',
  PermanentCrop: 'Permanent Crop Land',
  Residential: 'Residential Buildings',
  SeaLake: 'Sea or Lake',
};

/** Land seen from a satellite. */
export const EUROSAT = diskDataset({
  key: 'eurosat',
  title: 'EuroSAT',
  classSource: 'names of the folders, written out',
  prompt: 'a centered satellite photo of {}.',
  licence: 'MIT; pictures of Copernicus, free to use',
  homePage: 'https://github.com/phelber/EuroSAT',
  citation: 'Helber et al., IEEE JSTARS 2019',
  disk: {
    folder: 'eurosat',
    pictures: '2750',
    splitFile: 'split_zhou_EuroSAT.json',
    pictureFolders: ['2750'],
    annotations: ['2750'],
  },
  published: { classes: 10, train: 13500, val: 5400, test: 8100 },
  annotated: ({ pictures, cacheDir }) => splitClassFolders(pictures, { cacheDir, renamed: RENAMED }),
});
