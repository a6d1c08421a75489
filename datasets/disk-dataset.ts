import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../src/config/index.ts';
import {
  checkTrainable,
  type Dataset,
  openPublishedDraws,
  readSplitFile,
  type Split,
  someOf,
} from '../src/data/index.ts';
import type { DatasetAdapter, DiskLayout, LoadOptions } from './adapter.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Where one dataset's files are on this machine. */
export interface DiskPlace {
  /** Folder given by `--data`. */
  readonly dataRoot: string;
  /** The dataset's own folder. */
  readonly folder: string;
  /** Folder that a split's paths start from. */
  readonly pictures: string;
  readonly cacheDir: string | null;
}

/** What differs between the datasets that lie on disk. */
export interface DiskDatasetFacts
  extends Omit<DatasetAdapter, 'load' | 'mirrors' | 'disk' | 'published' | 'targetOf' | 'note' | 'citation'> {
  readonly disk: DiskLayout;
  readonly published: NonNullable<DatasetAdapter['published']>;
  readonly citation: string;
  readonly targetOf?: string;
  readonly note?: string;
  /** The official configurations train it for this many epochs whatever the shots. */
  readonly mostEpochs?: number;
  /** The split from the dataset's own files, as CoOp makes it: read where no split file is. */
  readonly annotated: (place: DiskPlace) => Promise<Split>;
}

/** The adapter of a dataset that a person has prepared as CoOp's DATASETS.md says. */
export function diskDataset(facts: DiskDatasetFacts): DatasetAdapter {
  const { annotated, mostEpochs = null, targetOf = null, note = null, ...known } = facts;
  const adapter: DatasetAdapter = {
    ...known,
    targetOf,
    note,
    // The official code mirrors training crops of every set.
    mirrors: true,
    load: async (options) => {
      const place = locate(adapter, options);
      const { split, splitSource } = await readSplit(adapter, place, annotated);
      if (targetOf === null) checkTrainable(split, `${adapter.key} (${splitSource})`);
      return assemble(adapter, place, { split, splitSource, mostEpochs });
    },
  };
  return adapter;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function locate({ key, disk, homePage }: DatasetAdapter, { dataRoot, cacheDir }: LoadOptions): DiskPlace {
  const { folder: name, pictures } = disk as DiskLayout;
  if (dataRoot === null) {
    throw new UserError('DATA_NOT_GIVEN', {
      where: `dataset ${key}`,
      expected: `--data DIR, a folder that holds ${name}/`,
      found: 'no --data',
      hint: `prepare ${name}/ as CoOp's DATASETS.md says (${homePage}); coop-bench datasets list --data DIR shows what is found`,
    });
  }
  const folder = join(dataRoot, name);
  if (!isFolder(folder)) {
    throw new UserError('DATASET_MISSING', {
      where: `dataset ${key}`,
      expected: `the folder ${folder}`,
      found: whatIsThere(dataRoot, name),
      hint: `it comes from ${homePage}; coop-bench datasets list --data ${dataRoot} shows what is found`,
    });
  }
  return { dataRoot, folder, pictures: join(folder, pictures), cacheDir };
}

function whatIsThere(dataRoot: string, name: string): string {
  if (!isFolder(dataRoot)) return `no folder ${dataRoot}`;
  if (basename(dataRoot) === name)
    return `--data names the folder ${name} itself: give the folder that holds it`;
  const folders = readdirSync(dataRoot).filter((entry) => !entry.startsWith('.'));
  return folders.length === 0 ? 'an empty folder' : someOf(folders.sort());
}

interface ReadSplit {
  readonly split: Split;
  readonly splitSource: string;
}

/** CoOp's split file where it is, else the dataset's own annotations. */
async function readSplit(
  { key, disk, homePage }: DatasetAdapter,
  place: DiskPlace,
  annotated: DiskDatasetFacts['annotated'],
): Promise<ReadSplit> {
  const { splitFile, annotations } = disk as DiskLayout;
  if (splitFile !== null) {
    const path = join(place.folder, splitFile);
    if (existsSync(path)) {
      return { split: readSplitFile(path, place.pictures), splitSource: splitFile };
    }
  }
  const missing = annotations.filter((name) => !existsSync(join(place.folder, name)));
  if (missing.length > 0) {
    throw new UserError('SPLIT_MISSING', {
      where: `dataset ${key} in ${place.folder}`,
      expected: [splitFile, annotations.join(', ')].filter((part) => part !== null).join(', or '),
      found: `no ${missing.join(', no ')}`,
      hint: `complete the folder as CoOp's DATASETS.md says (${homePage})${splitFile === null ? '' : `, or put CoOp's ${splitFile} there`}`,
    });
  }
  const made = splitFile === null ? 'its own folders and lists' : 'its own annotations (seed 1)';
  return { split: await annotated(place), splitSource: made };
}

function assemble(
  adapter: DatasetAdapter,
  place: DiskPlace,
  { split, splitSource, mostEpochs }: ReadSplit & { readonly mostEpochs: number | null },
): Dataset {
  const { key, title, prompt, mirrors, note } = adapter;
  const publishedDraw = openPublishedDraws(join(place.folder, 'split_fewshot'), split);
  return {
    ...split,
    key,
    title,
    prompt,
    mirrors,
    note,
    splitSource,
    protocol: { views: 'fresh', epochs: 'paper', mostEpochs },
    fingerprint: fingerprintOf({ ...split, revision: null, mirrors }),
    ...(publishedDraw && { publishedDraw }),
  };
}
