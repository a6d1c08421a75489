import { type PictureRef, picturePath, type RgbImage } from '../dataset.ts';
import { loadPicture } from './picture.ts';

/** Loads a picture's pixels, as `loadPicture` does. They are shared: not to be changed or given away. */
export type PictureLoader = (picture: PictureRef, size: number) => Promise<RgbImage>;

/** Bytes of pixels that one loader keeps: some 1,300 drawings at 64 px, or 28 photographs of 500 × 375. */
export const KEPT_PICTURE_BYTES = 16 << 20;

const nameOf = (picture: PictureRef, size: number): string =>
  picture.kind === 'icon' ? `icon ${picture.set} ${picture.icon} ${size}` : `file ${picturePath(picture)}`;

/** A loader that keeps the pictures it was last asked for: views of one picture follow each other closely. */
export function recentPictures(): PictureLoader {
  /** The one asked for longest ago first. */
  const kept = new Map<string, { readonly loading: Promise<RgbImage>; bytes: number }>();
  let bytes = 0;
  const forget = (name: string) => {
    bytes -= kept.get(name)?.bytes ?? 0;
    kept.delete(name);
  };
  return async (picture, size) => {
    const name = nameOf(picture, size);
    const known = kept.get(name);
    if (known !== undefined) {
      kept.delete(name);
      kept.set(name, known);
      return known.loading;
    }
    const entry = { loading: loadPicture(picture, size), bytes: 0 };
    kept.set(name, entry);
    try {
      const image = await entry.loading;
      if (kept.get(name) === entry) {
        entry.bytes = image.data.byteLength;
        bytes += entry.bytes;
      }
      for (const oldest of kept.keys()) {
        if (bytes <= KEPT_PICTURE_BYTES) break;
        forget(oldest);
      }
      return image;
    } catch (error) {
      if (kept.get(name) === entry) forget(name);
      throw error;
    }
  };
}
