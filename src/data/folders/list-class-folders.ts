// Placeholder of the lead, to be replaced whole.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { byCodePoint, isPictureName } from './picture-names.ts';
export interface ClassFolder {
  readonly name: string;
  readonly pictures: readonly string[];
}
export async function listClassFolders(
  root: string,
  {
    ignored = [],
    names,
  }: {
    readonly cacheDir: string | null;
    readonly ignored?: readonly string[];
    readonly names?: readonly string[];
  },
): Promise<ClassFolder[]> {
  const folders =
    names ??
    readdirSync(root)
      .filter((n) => !n.startsWith('.') && !ignored.includes(n) && statSync(join(root, n)).isDirectory())
      .sort(byCodePoint);
  return folders.map((name) => ({
    name,
    pictures: readdirSync(join(root, name)).filter(isPictureName).sort(byCodePoint),
  }));
}
