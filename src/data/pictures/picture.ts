import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { UserError } from '../../config/index.ts';
import { type PictureRef, picturePath, type RgbImage } from '../dataset.ts';
import { decodePicture } from './decode-picture.ts';
import { drawIcon, iconSource } from './draw-icon.ts';

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

function readPicture(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(missing ? 'PICTURE_MISSING' : 'PICTURE_UNREADABLE', {
      where: path,
      expected: 'a picture the split names',
      found: missing ? 'no such file' : String((cause as NodeJS.ErrnoException).code),
      hint: 'check that the dataset was unpacked completely',
      cause,
    });
  }
}

/**
 * SHA-256 (hex) of a picture's content: of a file's bytes, of a drawing's SVG text. Reads the file every time.
 * @throws {UserError} PICTURE_MISSING, PICTURE_UNREADABLE, UNKNOWN_ICON
 */
export function pictureKey(picture: PictureRef): string {
  return sha256(
    picture.kind === 'file' ? readPicture(picturePath(picture)) : iconSource(picture.set, picture.icon),
  );
}

/**
 * The picture's pixels.
 * @param size Side at which a drawing is drawn; a file keeps its own size.
 * @throws {UserError} PICTURE_MISSING, PICTURE_UNREADABLE, UNKNOWN_ICON
 */
export async function loadPicture(picture: PictureRef, size: number): Promise<RgbImage> {
  if (picture.kind === 'icon') return drawIcon(picture.set, picture.icon, size);
  return decodePicture(picturePath(picture));
}
