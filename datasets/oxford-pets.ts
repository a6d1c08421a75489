import { join } from 'node:path';
import { damagedLine, type LabelledName, labelledList, readList, splitLists } from '../src/data/index.ts';
import { diskDataset } from './disk-dataset.ts';

/** Lines such as `Abyssinian_100 1 1 1`: picture, label from 1, species, number of the breed within it. */
function readPets(path: string): LabelledName[] {
  return readList(path)
    .filter(({ text }) => !text.startsWith('#'))
    .map((line) => {
      const [picture = '', label = '', species, breed, ...rest] = line.text.split(/\s+/);
      const name = picture.split('_').slice(0, -1).join('_').toLowerCase();
      if (
        !/^\d+$/.test(label) ||
        Number(label) < 1 ||
        name === '' ||
        breed === undefined ||
        rest.length > 0
      ) {
        throw damagedLine(
          path,
          line,
          `a picture such as Abyssinian_100, a label from 1 and two numbers (${species ?? 'species'})`,
        );
      }
      return { name: `${picture}.jpg`, label: Number(label) - 1, className: name };
    });
}

/** Breeds of cats and dogs. */
export const OXFORD_PETS = diskDataset({
  key: 'oxford_pets',
  title: 'OxfordPets',
  classSource: 'names of the pictures',
  prompt: 'a photo of a {}, a type of pet.',
  licence: 'CC BY-SA 4.0',
  homePage: 'https://www.robots.ox.ac.uk/~vgg/data/pets/',
  citation: 'Parkhi et al., CVPR 2012',
  disk: {
    folder: 'oxford_pets',
    pictures: 'images',
    splitFile: 'split_zhou_OxfordPets.json',
    pictureFolders: ['images'],
    annotations: ['annotations/trainval.txt', 'annotations/test.txt'],
  },
  published: { classes: 37, train: 2944, val: 736, test: 3669 },
  annotated: async ({ folder, pictures }) => {
    const list = (file: string) => labelledList(readPets(join(folder, 'annotations', file)), pictures);
    return splitLists(list('trainval.txt'), list('test.txt'), folder);
  },
});
