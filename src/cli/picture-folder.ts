import { type Dirent, readdirSync } from 'node:fs';
import { UserError } from '../config/index.ts';
import { byCodePoint, isPictureName, type PictureRequest } from '../data/index.ts';
import { remark } from './command-options.ts';

/**
 * Names of the pictures in a folder: files that end in jpg, jpeg, png, webp, gif, tif, tiff or bmp, in any case.
 * Hidden files, other files and folders within are left out.
 *
 * @returns Sorted by code point; at least one.
 * @throws {UserError} FOLDER_UNREADABLE, NO_PICTURES
 */
export function listPictures(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const reasons: Readonly<Record<string, string>> = { ENOENT: 'no such folder', ENOTDIR: 'a file' };
    throw new UserError('FOLDER_UNREADABLE', {
      where: `--images ${folder}`,
      expected: 'a folder of pictures',
      found: reasons[code] ?? code,
      hint: 'check the path',
      cause: error,
    });
  }
  // Links are followed when they are read; one that leads nowhere is a picture that cannot be read.
  const pictures = entries
    .filter((entry) => isPictureName(entry.name) && !entry.isDirectory())
    .map(({ name }) => name);
  if (pictures.length === 0) {
    throw new UserError('NO_PICTURES', {
      where: `--images ${folder}`,
      expected: 'files that end in .jpg, .jpeg, .png, .webp, .gif, .tif, .tiff or .bmp',
      found: `${entries.length} entries, none of them such a file`,
      hint: 'folders within are not searched: name the one that holds the pictures',
    });
  }
  return pictures.sort(byCodePoint);
}

/** What to ask a preparer for: a file as test pictures are seen, `size` × `size`. */
export function testPicture(path: string, size: number): PictureRequest {
  return { picture: { kind: 'file', folder: '', name: path }, view: { kind: 'test' }, size };
}

/** What `make` makes of a picture; one that cannot be read is named on stderr and gives null. */
export async function unlessUnreadable<T>(make: () => Promise<T>): Promise<T | null> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    remark(`left out: ${error.message}`);
    return null;
  }
}
