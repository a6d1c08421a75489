// Placeholder of the lead, to be replaced whole.
import type { Datum } from '../dataset.ts';
import type { ClassFolder } from './list-class-folders.ts';
export function pictureList(
  folder: string,
  prefix: string,
  folders: readonly ClassFolder[],
  labelOf: (name: string) => number,
): Datum[] {
  return folders.flatMap(({ name, pictures }) =>
    pictures.map((p) => ({
      picture: { kind: 'file' as const, folder, name: `${prefix}${name}/${p}` },
      label: labelOf(name),
    })),
  );
}
