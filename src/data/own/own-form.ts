import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemErrorCode } from '../../files/index.ts';
import { ownProblem } from './own-problems.ts';
import { isTable, type Part, partOf } from './own-rows.ts';

/** Names of the tables that are looked for in a folder. */
const TABLES = ['metadata.jsonl', 'metadata.csv', 'dataset.csv', 'dataset.tsv', 'dataset.jsonl'];

/** How a person's pictures lie. */
export type OwnForm =
  /** A folder a class; `parts` are the folders of the splits, or null where there are none. */
  | {
      readonly kind: 'folders';
      readonly folder: string;
      readonly parts: ReadonlyMap<Part, string> | null;
    }
  /** Tables; `part` is the split of a table that lies in a split's folder, and `prefix` that folder. */
  | {
      readonly kind: 'tables';
      readonly folder: string;
      readonly tables: readonly {
        readonly path: string;
        readonly prefix: string;
        readonly part: Part | null;
      }[];
    };

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The only table of a folder, or null. @throws {UserError} OWN_DATA: two of them. */
function tableIn(folder: string): string | null {
  const found = TABLES.filter((name) => existsSync(join(folder, name)));
  if (found.length > 1)
    throw ownProblem(folder, 'one table', found.join(' and '), 'name the one that is meant by its path');
  return found[0] ?? null;
}

/** Names of the folders in a folder, hidden ones left out. @throws {UserError} OWN_DATA: it may not be read. */
export function foldersIn(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw ownProblem(
      folder,
      'a folder this user may read',
      String(systemErrorCode(cause) ?? cause),
      'check its permissions',
      cause,
    );
  }
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(folder, entry.name))))
    .map(({ name }) => name);
}

/** Folders of splits; null where they are not: a class may be called "train". */
function partFolders(folder: string, folders: readonly string[]): Map<Part, string> | null {
  const parts = new Map<Part, string>();
  for (const name of folders) {
    const part = partOf(name);
    if (part === undefined) continue;
    const other = parts.get(part);
    if (other !== undefined)
      throw ownProblem(folder, 'one folder a split', `${other} and ${name}`, 'leave one of the two out');
    parts.set(part, name);
  }
  return parts.has('train') && parts.size > 1 ? parts : null;
}

/**
 * Recognises a person's dataset from its path.
 * @throws {UserError} OWN_DATA: a form that is not read.
 */
export function recogniseForm(path: string): OwnForm {
  if (!isFolder(path)) {
    if (isTable(path)) {
      return { kind: 'tables', folder: dirname(path), tables: [{ path, prefix: '', part: null }] };
    }
    const hint = /\.(zip|tar|t?gz|tgz|7z|rar)$/i.test(path)
      ? 'unpack it and give the folder'
      : /\.(parquet|arrow|feather)$/i.test(path)
        ? "write it as a folder of pictures with a metadata.jsonl (in Python: datasets' image folders)"
        : 'give a folder, or a table with the columns path and label';
    throw ownProblem(
      path,
      'a folder of pictures, a .csv, .tsv or .jsonl file',
      'a file of another kind',
      hint,
    );
  }
  const table = tableIn(path);
  if (table !== null) {
    return { kind: 'tables', folder: path, tables: [{ path: join(path, table), prefix: '', part: null }] };
  }
  const folders = foldersIn(path);
  const parts = partFolders(path, folders);
  const tables = [...(parts ?? [])].flatMap(([part, name]) => {
    const own = tableIn(join(path, name));
    return own === null ? [] : [{ path: join(path, name, own), prefix: `${name}/`, part }];
  });
  if (parts !== null && tables.length > 0) {
    const without = [...parts.values()].find((name) => !tables.some(({ prefix }) => prefix === `${name}/`));
    if (without !== undefined)
      throw ownProblem(
        join(path, without),
        'a table as in the other splits',
        'none',
        `one of ${TABLES.join(', ')}`,
      );
    return { kind: 'tables', folder: path, tables };
  }
  if (folders.length === 0) {
    throw ownProblem(
      path,
      `a folder a class, or ${TABLES.join(', ')}`,
      'neither',
      'put the pictures of every class in a folder that has its name',
    );
  }
  return { kind: 'folders', folder: path, parts };
}
