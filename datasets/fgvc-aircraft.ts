import { join } from 'node:path';
import { damagedLine, type LabelledName, labelledList, readList, splitOf } from '../src/data/index.ts';
import { diskDataset } from './disk-dataset.ts';

/** Lines such as `1025794 Boeing 707-320`: picture and variant. */
function readVariants(path: string, labels: ReadonlyMap<string, number>): LabelledName[] {
  return readList(path).map((line) => {
    const space = line.text.indexOf(' ');
    const className = line.text.slice(space + 1);
    const label = labels.get(className);
    if (space < 0 || label === undefined)
      throw damagedLine(path, line, 'a picture and a variant that variants.txt lists');
    return { name: `${line.text.slice(0, space)}.jpg`, label, className };
  });
}

/** Aircraft by variant. It has lists for all three parts. */
export const FGVC_AIRCRAFT = diskDataset({
  key: 'fgvc_aircraft',
  title: 'FGVCAircraft',
  classSource: 'variants.txt',
  prompt: 'a photo of a {}, a type of aircraft.',
  licence: 'for research, not commercial',
  homePage: 'https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/',
  citation: 'Maji et al., 2013, arXiv 1306.5151',
  disk: {
    folder: 'fgvc_aircraft',
    pictures: 'images',
    splitFile: null,
    pictureFolders: ['images'],
    annotations: [
      'variants.txt',
      'images_variant_train.txt',
      'images_variant_val.txt',
      'images_variant_test.txt',
    ],
  },
  published: { classes: 100, train: 3334, val: 3333, test: 3333 },
  annotated: async ({ folder, pictures }) => {
    const labels = new Map(readList(join(folder, 'variants.txt')).map(({ text }, label) => [text, label]));
    const list = (part: string) =>
      labelledList(readVariants(join(folder, `images_variant_${part}.txt`), labels), pictures);
    return splitOf({ train: list('train'), val: list('val'), test: list('test') }, folder);
  },
});
