import { basename, extname, isAbsolute, join } from 'node:path';
import type { UserError } from '../../config/index.ts';
import type { Datum, Split } from '../dataset.ts';
import { type ClassFolder, listClassFolders } from '../folders/list-class-folders.ts';
import { pictureList } from '../folders/picture-list.ts';
import { byCodePoint } from '../folders/picture-names.ts';
import { checkTrainable, someOf } from '../splits/check-split.ts';
import { splitByFractions } from '../splits/split-rules.ts';
import { numberClasses, type OwnClasses } from './own-classes.ts';
import { foldersIn, type OwnForm, recogniseForm } from './own-form.ts';
import { ownProblem, shownText } from './own-problems.ts';
import { type OwnRow, type Part, readRows } from './own-rows.ts';
import { type OwnSettings, readOwnSettings } from './own-settings.ts';

/** A person's own dataset. */
export interface OwnDataset extends Split {
  readonly title: string;
  readonly prompt: string;
  readonly mirrors: boolean;
  /** Where the split came from, in words. */
  readonly splitSource: string;
  readonly note: string | null;
  /** Tables and small files that were read. */
  readonly files: readonly string[];
}

type Lists = Record<Part, Datum[]>;

/** Half, a fifth and the rest of every class. */
function cut(data: readonly Datum[], { names }: OwnClasses, where: string): Lists {
  const groups: Datum[][] = names.map(() => []);
  for (const datum of data) groups[datum.label]!.push(datum);
  return splitByFractions(groups, where, (label) => names[label] as string);
}

const MADE = 'made here: half train, a fifth val, the rest test (seed 1)';

/** Where there are no test pictures, validation pictures serve: as for ImageNet. */
function settle(lists: Lists, from: string): { readonly lists: Lists; readonly splitSource: string } {
  if (lists.test.length > 0 || lists.val.length === 0) return { lists, splitSource: from };
  return { lists: { ...lists, val: [], test: lists.val }, splitSource: `${from}; val serves as test` };
}

/** What to do about a class's folder in which no picture lies; most often they lie deeper. */
function withoutPictures(path: string): UserError {
  const inner = foldersIn(path).sort(byCodePoint);
  const [found, hint] =
    inner.length === 0
      ? ['none (jpg, jpeg, png, webp, gif, tif, tiff or bmp)', 'add some, or remove the folder']
      : [
          `none, but folders: ${someOf(inner)}`,
          'put pictures directly into the folder of their class; train/ is a split only with test/ or val/ beside it',
        ];
  return ownProblem(path, 'pictures of the class', found, hint);
}

async function readFolders(
  { folder, parts }: OwnForm & { readonly kind: 'folders' },
  settings: OwnSettings,
  cacheDir: string | null,
): Promise<Split & { readonly splitSource: string }> {
  const roots: readonly (readonly [Part | null, string])[] = parts === null ? [[null, '']] : [...parts];
  const listed: { part: Part | null; prefix: string; folders: ClassFolder[] }[] = [];
  for (const [part, name] of roots) {
    const folders = await listClassFolders(join(folder, name), { cacheDir });
    listed.push({ part, prefix: name === '' ? '' : `${name}/`, folders });
  }
  const names = [...new Set(listed.flatMap(({ folders }) => folders.map(({ name }) => name)))].sort(
    byCodePoint,
  );
  const classes = numberClasses(names, new Map(), settings, folder);
  const labelOf = (name: string): number => classes.labelOf.get(name) as number;
  const lists: Lists = { train: [], val: [], test: [] };
  for (const { part, prefix, folders } of listed) {
    const empty = folders.find(({ pictures }) => pictures.length === 0);
    if (empty !== undefined) throw withoutPictures(join(folder, prefix, empty.name));
    const data = pictureList(folder, prefix, folders, labelOf);
    if (part === null) {
      return { classNames: classes.names, ...cut(data, classes, folder), splitSource: MADE };
    }
    lists[part] = data;
  }
  const settled = settle(
    lists,
    `its folders ${[...(parts as ReadonlyMap<Part, string>).values()].join(', ')}`,
  );
  return { classNames: classes.names, ...settled.lists, splitSource: settled.splitSource };
}

/** Every picture once, in one split or another. */
function checkOnce(rows: readonly (OwnRow & { readonly name: string; readonly table: string })[]): void {
  const seen = new Map<string, string>();
  for (const { name, table, line } of rows) {
    const place = `${table}, line ${line}`;
    const before = seen.get(name);
    if (before !== undefined)
      throw ownProblem(
        place,
        'every picture once',
        `${shownText(name)}, which stands at ${before}`,
        'remove one of the two',
      );
    seen.set(name, place);
  }
}

function readTables(
  { folder, tables }: OwnForm & { readonly kind: 'tables' },
  settings: OwnSettings,
): Split & { readonly splitSource: string } {
  const rows = tables.flatMap(({ path, prefix, part }) =>
    readRows(path).map((row) => ({
      ...row,
      part: part ?? row.part,
      table: path,
      name: isAbsolute(row.path) ? row.path : prefix + row.path.replace(/^(\.\/)+/, ''),
    })),
  );
  checkOnce(rows);
  const beside = new Map<string, string>();
  for (const { label, className, table, line } of rows) {
    if (className === null) continue;
    const known = beside.get(label);
    if (known !== undefined && known !== className) {
      throw ownProblem(
        `${table}, line ${line}`,
        `label ${label} with one name everywhere, ${shownText(known)}`,
        shownText(className),
        'correct one of the two',
      );
    }
    beside.set(label, className);
  }
  const where = tables[0]!.path;
  const classes = numberClasses([...new Set(rows.map(({ label }) => label))], beside, settings, where);
  const datum = ({ name, label }: { readonly name: string; readonly label: string }): Datum => ({
    picture: { kind: 'file', folder: isAbsolute(name) ? '' : folder, name },
    label: classes.labelOf.get(label) as number,
  });
  if (rows.every(({ part }) => part === null)) {
    return { classNames: classes.names, ...cut(rows.map(datum), classes, where), splitSource: MADE };
  }
  const unsaid = rows.find(({ part }) => part === null);
  if (unsaid !== undefined) {
    throw ownProblem(
      `${unsaid.table}, line ${unsaid.line}`,
      'a split: train, val or test',
      'nothing',
      'give every line one, or none',
    );
  }
  const lists: Lists = { train: [], val: [], test: [] };
  for (const row of rows) lists[row.part as Part].push(datum(row));
  const settled = settle(lists, tables.map(({ path }) => path.slice(folder.length + 1)).join(', '));
  return { classNames: classes.names, ...settled.lists, splitSource: settled.splitSource };
}

/**
 * Reads a person's own pictures as a dataset: a folder of one folder a class, with or without folders for the splits;
 * a CSV, TSV or JSON Lines file; or a folder with such a file, as Hugging Face's image folders. No picture is opened.
 *
 * @param source `path`: absolute, of the folder or file. `prompt`, `classNamesFile`: what flags said, or null.
 * @param cacheDir Where listings are kept; null: nowhere.
 * @throws {UserError} OWN_DATA; FOLDER_MISSING, FOLDER_UNREADABLE; CLASS_TOO_SMALL, CLASS_NOT_IN_TRAIN,
 *   TOO_FEW_CLASSES, NO_TEST_PICTURES.
 */
export async function readOwnDataset(
  source: { readonly path: string; readonly prompt: string | null; readonly classNamesFile: string | null },
  cacheDir: string | null,
): Promise<OwnDataset> {
  const form = recogniseForm(source.path);
  const settings = readOwnSettings(form.folder, source.prompt, source.classNamesFile);
  const read =
    form.kind === 'folders' ? await readFolders(form, settings, cacheDir) : readTables(form, settings);
  checkTrainable(read, source.path);
  const { title, prompt, mirrors, note, files } = settings;
  const tables = form.kind === 'tables' ? form.tables.map(({ path }) => path) : [];
  return {
    ...read,
    title: title ?? basename(source.path, form.kind === 'tables' ? extname(source.path) : ''),
    prompt,
    mirrors,
    note,
    files: [...tables, ...files],
  };
}
