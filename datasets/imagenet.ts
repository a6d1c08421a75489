import { join } from 'node:path';
import {
  damagedAnnotation,
  listClassFolders,
  pictureList,
  readWordNetClasses,
  type Split,
  someOf,
} from '../src/data/index.ts';
import { type DiskPlace, diskDataset } from './disk-dataset.ts';

/** Labels by the sorted folders of train, names by `classnames.txt`; val serves as test. */
async function readImageNet({ folder, pictures, cacheDir }: DiskPlace): Promise<Split> {
  const path = join(folder, 'classnames.txt');
  const names = readWordNetClasses(path);
  const train = await listClassFolders(join(pictures, 'train'), { cacheDir });
  const test = await listClassFolders(join(pictures, 'val'), { cacheDir });
  const classIds = train.map(({ name }) => name);
  const unnamed = classIds.filter((id) => !names.has(id));
  if (unnamed.length > 0) {
    throw damagedAnnotation(path, 'the words of every folder of images/train', `none of ${someOf(unnamed)}`);
  }
  const labels = new Map(classIds.map((id, label) => [id, label]));
  const untrained = test.filter(({ name }) => !labels.has(name)).map(({ name }) => name);
  if (untrained.length > 0) {
    throw damagedAnnotation(
      join(pictures, 'val'),
      'the folders of images/train',
      `also ${someOf(untrained)}`,
    );
  }
  const labelOf = (id: string): number => labels.get(id) as number;
  return {
    classNames: classIds.map((id) => names.get(id) as string),
    classIds,
    train: pictureList(pictures, 'train/', train, labelOf),
    val: [],
    test: pictureList(pictures, 'val/', test, labelOf),
  };
}

/** ImageNet's 1000 classes. */
export const IMAGENET = diskDataset({
  key: 'imagenet',
  title: 'ImageNet',
  classSource: 'classnames.txt, in the order of the sorted folders',
  prompt: 'a photo of a {}.',
  licence: "ImageNet's terms of access: research, not commercial",
  homePage: 'https://www.image-net.org',
  citation: 'Deng et al., CVPR 2009',
  note: 'pictures are sorted by name before they are drawn, where the official code takes the order of the disk; validation pictures come from training pictures that were not drawn, where the official code takes test pictures',
  disk: {
    folder: 'imagenet',
    pictures: 'images',
    splitFile: null,
    pictureFolders: ['images/train', 'images/val'],
    annotations: ['classnames.txt', 'images/train', 'images/val'],
  },
  published: { classes: 1000, train: 1281167, val: 0, test: 50000 },
  mostEpochs: 50,
  annotated: readImageNet,
});
