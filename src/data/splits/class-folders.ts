import type { Datum, Split } from '../dataset.ts';
import { type ClassFolder, listClassFolders } from '../folders/list-class-folders.ts';
import { pictureList } from '../folders/picture-list.ts';
import { splitByFractions } from './split-rules.ts';

/** How folders become classes. */
export interface ClassFolderOptions {
  readonly cacheDir: string | null;
  /** Folders that are no classes. */
  readonly ignored?: readonly string[];
  /** Class names of folders that are not named as their class. */
  readonly renamed?: Readonly<Record<string, string>>;
}

/**
 * A split made from a folder of one folder a class: labels by the sorted names, then half, a fifth and the rest of
 * every class.
 *
 * @param root Folder that the split's paths start from.
 * @throws {UserError} FOLDER_MISSING, FOLDER_UNREADABLE, CLASS_TOO_SMALL
 */
export async function splitClassFolders(
  root: string,
  { cacheDir, ignored = [], renamed = {} }: ClassFolderOptions,
): Promise<Split> {
  const folders = await listClassFolders(root, { cacheDir, ignored });
  const groups: Datum[][] = folders.map((folder, label) => pictureList(root, '', [folder], () => label));
  const parts = splitByFractions(groups, root, (label) => folders[label]!.name);
  return {
    ...parts,
    classNames: folders.map(({ name }: ClassFolder) =>
      Object.hasOwn(renamed, name) ? renamed[name]! : name,
    ),
  };
}
