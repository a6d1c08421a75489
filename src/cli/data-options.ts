import { existsSync, statSync } from 'node:fs';
import { basename, extname, join, resolve, sep } from 'node:path';
import { type Command, Option } from 'commander';
import {
  DATASETS,
  datasetAdapter,
  isDatasetKey,
  type LoadOptions,
  type OwnSource,
  SUBSAMPLES,
  type Subsample,
} from '../../datasets/index.ts';
import { UserError } from '../config/index.ts';

/** What the options about data say. */
export interface DataFlags {
  readonly data?: string;
  readonly subsample?: Subsample;
  readonly prompt?: string;
  readonly classNames?: string;
}

/** Adds `--data`, `--subsample`, `--prompt` and `--class-names`. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--data <dir>', "folder of datasets, prepared as CoOp's DATASETS.md says")
    .addOption(
      new Option('--subsample <which>', 'classes: all, or the first (base) or second (new) half').choices([
        ...SUBSAMPLES,
      ]),
    )
    .option('--prompt <template>', 'prompt of your own pictures, {} for the class name')
    .option('--class-names <file>', 'class names of your own pictures: JSON, or a name a line');
}

/** Datasets by the names a person gave, and where to find them. */
export interface NamedDatasets {
  readonly keys: readonly string[];
  readonly data: LoadOptions;
}

/** @returns Its absolute path. @throws {UserError} DATA_MISSING */
export function checkDataFolder(data: string): string {
  const root = resolve(data);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory()) return root;
  const parent = Object.values(DATASETS).find(({ disk }) => disk?.folder === basename(root));
  throw new UserError('DATA_MISSING', {
    where: `--data ${data}`,
    expected: "a folder of datasets, prepared as CoOp's DATASETS.md says",
    found: existsSync(root) ? 'a file' : 'no such folder',
    hint: parent ? 'give the folder that holds the sets' : 'check the path',
  });
}

/** A name for a person's own dataset: of its folder or file, made plain. */
function ownKey(path: string): string {
  const stem = basename(path, statSync(path).isDirectory() ? '' : extname(path));
  const plain = stem
    .normalize('NFKD')
    .replaceAll(/[^\w-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
  const key = plain === '' ? 'own' : plain;
  return isDatasetKey(key) ? `own_${key}` : key;
}

/** Where a name that is no key leads: the path itself, or a folder under `--data`. */
function ownPath(name: string, root: string | null): string | null {
  const candidates = [resolve(name), ...(root === null ? [] : [join(root, name)])];
  return candidates.find((path) => existsSync(path)) ?? null;
}

function noSuchPath(name: string): UserError {
  return new UserError('DATA_MISSING', {
    where: `dataset ${name}`,
    expected: 'a folder of your pictures, or a CSV or JSON Lines file that lists them',
    found: 'no such file or folder',
    hint: 'check the path; known datasets go by their names: coop-bench datasets list',
  });
}

/**
 * Finds out which datasets are meant: keys of known ones, or paths of a person's own.
 *
 * @param cacheDir See `LoadOptions`.
 * @throws {UserError} DATA_MISSING, UNKNOWN_DATASET, SAME_DATASET, BAD_OPTION
 */
export function nameDatasets(
  names: readonly string[],
  { data, subsample = 'all', prompt, classNames }: DataFlags,
  cacheDir: string | null,
): NamedDatasets {
  const dataRoot = data === undefined ? null : checkDataFolder(data);
  const own: Record<string, OwnSource> = {};
  const keys = names.map((name) => {
    const asPath = name.includes('/') || name.includes(sep);
    if (isDatasetKey(name) && !asPath) return name;
    const path = ownPath(name, dataRoot);
    if (path === null) {
      if (asPath) throw noSuchPath(name);
      return datasetAdapter(name).key;
    }
    const key = ownKey(path);
    if (Object.hasOwn(own, key)) {
      throw new UserError('SAME_DATASET', {
        where: '--datasets',
        expected: 'folders or files of different names: tables and figures go by them',
        found: `${own[key]!.path} and ${path}, both named ${key}`,
        hint: 'rename one of the two',
      });
    }
    own[key] = {
      path,
      prompt: prompt ?? null,
      classNamesFile: classNames === undefined ? null : resolve(classNames),
    };
    return key;
  });
  refuseWithoutOwn('prompt', prompt, Object.keys(own).length, 'one of your own datasets, or several');
  if (Object.keys(own).length !== 1) {
    refuseWithoutOwn('class-names', classNames, 0, 'exactly one of your own datasets');
  }
  return { keys, data: { dataRoot, cacheDir, subsample, own } };
}

function refuseWithoutOwn(flag: string, value: string | undefined, count: number, expected: string): void {
  if (value === undefined || count > 0) return;
  throw new UserError('BAD_OPTION', {
    where: `--${flag} ${value}`,
    expected: `${expected} beside it, by path: --datasets path/to/pictures`,
    found: 'none it could be for',
    hint: 'known datasets have their prompts and class names',
  });
}
