import { join } from 'node:path';
import {
  damagedAnnotation,
  type LabelledName,
  labelledList,
  readStructRows,
  readTextCells,
  splitLists,
} from '../src/data/index.ts';
import { diskDataset } from './disk-dataset.ts';

/** "Audi TTS Coupe 2012" as "2012 Audi TTS Coupe". */
function yearFirst(name: string): string {
  const words = name.split(' ');
  return [words.at(-1), ...words.slice(0, -1)].join(' ');
}

/** The annotated pictures of one folder; label from 1 in the file. */
function readCars(path: string, pictureFolder: string, classNames: readonly string[]): LabelledName[] {
  return readStructRows(path, 'annotations', { texts: ['fname'], numbers: ['class'] }).map(
    ({ fname, class: label }, i) => {
      const className = classNames[Number(label) - 1];
      if (className === undefined) {
        throw damagedAnnotation(
          `${path}: annotations[${i}]`,
          `a class from 1 to ${classNames.length}`,
          String(label),
        );
      }
      return { name: `${pictureFolder}/${fname}`, label: Number(label) - 1, className };
    },
  );
}

/** Cars by make, model and year. */
export const STANFORD_CARS = diskDataset({
  key: 'stanford_cars',
  title: 'StanfordCars',
  classSource: 'class_names of devkit/cars_meta.mat, the year first',
  prompt: 'a photo of a {}.',
  licence: 'for research, not commercial',
  homePage: 'https://ai.stanford.edu/~jkrause/cars/car_dataset.html',
  citation: 'Krause et al., 3dRR 2013',
  disk: {
    folder: 'stanford_cars',
    pictures: '',
    splitFile: 'split_zhou_StanfordCars.json',
    pictureFolders: ['cars_train', 'cars_test'],
    annotations: ['devkit/cars_train_annos.mat', 'devkit/cars_meta.mat', 'cars_test_annos_withlabels.mat'],
  },
  published: { classes: 196, train: 6509, val: 1635, test: 8041 },
  annotated: async ({ folder, pictures }) => {
    const names = readTextCells(join(folder, 'devkit/cars_meta.mat'), 'class_names').map(yearFirst);
    const list = (file: string, pictureFolder: string) =>
      labelledList(readCars(join(folder, file), pictureFolder, names), pictures);
    return splitLists(
      list('devkit/cars_train_annos.mat', 'cars_train'),
      list('cars_test_annos_withlabels.mat', 'cars_test'),
      folder,
    );
  },
});
