import { join } from 'node:path';
import { oneLine } from '../src/config/index.ts';
import {
  type Datum,
  damagedAnnotation,
  readAnnotation,
  readNumberRow,
  type Split,
  splitByFractions,
} from '../src/data/index.ts';
import { type DiskPlace, diskDataset } from './disk-dataset.ts';

/** Names by label from 1, as text. */
function readNames(path: string): ReadonlyMap<string, string> {
  let content: unknown;
  try {
    content = JSON.parse(readAnnotation(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw damagedAnnotation(path, 'JSON', oneLine(error.message));
  }
  const entries = content !== null && typeof content === 'object' ? Object.entries(content) : [];
  if (
    entries.length === 0 ||
    Array.isArray(content) ||
    entries.some(([, name]) => typeof name !== 'string')
  ) {
    throw damagedAnnotation(path, 'an object of names by label, {"1": "pink primrose", …}', 'something else');
  }
  return new Map(entries as [string, string][]);
}

/** Picture i, from 1, is `image_0000i.jpg`; the classes are split in order of first appearance. */
function splitFlowers({ folder, pictures }: DiskPlace): Split {
  const path = join(folder, 'imagelabels.mat');
  const namesPath = join(folder, 'cat_to_name.json');
  const names = readNames(namesPath);
  const groups = new Map<number, Datum[]>();
  for (const [i, label] of readNumberRow(path, 'labels').entries()) {
    if (!names.has(String(label))) {
      throw damagedAnnotation(`${path}: labels[${i}]`, `a label that ${namesPath} names`, String(label));
    }
    const name = `image_${String(i + 1).padStart(5, '0')}.jpg`;
    const datum: Datum = { picture: { kind: 'file', folder: pictures, name }, label: label - 1 };
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [datum]);
    else group.push(datum);
  }
  const labels = [...groups.keys()];
  const nameOf = (label: number): string => names.get(String(label)) as string;
  const parts = splitByFractions([...groups.values()], path, (index) => nameOf(labels[index]!));
  const classNames = Array.from({ length: groups.size }, (_, i) => {
    if (groups.has(i + 1)) return nameOf(i + 1);
    throw damagedAnnotation(path, 'labels from 1 without a gap', `no picture of label ${i + 1}`);
  });
  return { ...parts, classNames };
}

/** Flowers of Britain. Its own split is not used: CoOp splits all pictures anew. */
export const OXFORD_FLOWERS = diskDataset({
  key: 'oxford_flowers',
  title: 'Flowers102',
  classSource: 'cat_to_name.json',
  prompt: 'a photo of a {}, a type of flower.',
  licence: 'for research, see its home page',
  homePage: 'https://www.robots.ox.ac.uk/~vgg/data/flowers/102/',
  citation: 'Nilsback and Zisserman, ICVGIP 2008',
  disk: {
    folder: 'oxford_flowers',
    pictures: 'jpg',
    splitFile: 'split_zhou_OxfordFlowers.json',
    pictureFolders: ['jpg'],
    annotations: ['imagelabels.mat', 'cat_to_name.json'],
  },
  published: { classes: 102, train: 4093, val: 1633, test: 2463 },
  annotated: async (place) => splitFlowers(place),
});
