import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  damagedAnnotation,
  listClassFolders,
  pictureList,
  readWordNetClasses,
  type Split,
  someOf,
} from '../src/data/index.ts';
import type { DatasetAdapter, DiskLayout } from './adapter.ts';
import { type DiskPlace, diskDataset } from './disk-dataset.ts';

/** What differs between the variants of ImageNet. */
interface TargetFacts
  extends Pick<DatasetAdapter, 'key' | 'title' | 'classSource' | 'licence' | 'homePage'>,
    Pick<DiskLayout, 'folder' | 'pictures'> {
  readonly citation: string;
  readonly published: { readonly classes: number; readonly test: number };
  /** Named 0 to K − 1 by the lines of `classnames.txt`, or by WordNet ids. */
  readonly folders: 'numbered' | 'wordnet';
}

/** Its own `classnames.txt`, or that of ImageNet. */
function classNamesFile({ folder, dataRoot }: DiskPlace): string {
  const own = join(folder, 'classnames.txt');
  const shared = join(dataRoot, 'imagenet', 'classnames.txt');
  return existsSync(own) || !existsSync(shared) ? own : shared;
}

/** Folder K is the class of line K, from 0. */
async function readNumbered(place: DiskPlace): Promise<Split> {
  const { pictures, cacheDir } = place;
  const classes = readWordNetClasses(classNamesFile(place));
  const names = Array.from(classes.keys(), (_, label) => String(label));
  const folders = await listClassFolders(pictures, { cacheDir, names });
  return {
    classNames: [...classes.values()],
    classIds: [...classes.keys()],
    train: [],
    val: [],
    test: pictureList(pictures, '', folders, Number),
  };
}

/** Labels by the sorted folders; files beside them (README.txt) are no classes. */
async function readByWordNetId(place: DiskPlace): Promise<Split> {
  const { pictures, cacheDir } = place;
  const path = classNamesFile(place);
  const classes = readWordNetClasses(path);
  const folders = await listClassFolders(pictures, { cacheDir });
  const classIds = folders.map(({ name }) => name);
  const unnamed = classIds.filter((id) => !classes.has(id));
  if (unnamed.length > 0) {
    throw damagedAnnotation(path, `the words of every folder of ${pictures}`, `none of ${someOf(unnamed)}`);
  }
  const labels = new Map(classIds.map((id, label) => [id, label]));
  return {
    classNames: classIds.map((id) => classes.get(id) as string),
    classIds,
    train: [],
    val: [],
    test: pictureList(pictures, '', folders, (id) => labels.get(id) as number),
  };
}

/** A set of test pictures for a classifier that was learned on ImageNet, scored over its own classes. */
export function imageNetTarget({
  folder,
  pictures,
  published,
  folders,
  ...facts
}: TargetFacts): DatasetAdapter {
  return diskDataset({
    ...facts,
    prompt: 'a photo of a {}.',
    targetOf: 'imagenet',
    ...(published.classes < 1000 && {
      note: `covers ${published.classes} classes of ImageNet; scored over these`,
    }),
    disk: { folder, pictures, splitFile: null, pictureFolders: [pictures], annotations: [pictures] },
    published: { classes: published.classes, train: 0, val: 0, test: published.test },
    annotated: folders === 'numbered' ? readNumbered : readByWordNetId,
  });
}
