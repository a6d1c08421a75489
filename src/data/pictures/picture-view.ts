import type { PictureRef, RgbImage } from '../dataset.ts';
import { stream } from '../random/random-stream.ts';
import { loadPicture } from './picture.ts';
import type { PictureLoader } from './recent-pictures.ts';
import { testTransform, trainCrop } from './transforms.ts';

/** How a picture is looked at: plain data, so that a thread can be told. */
export type PictureView =
  /** CLIP's transform of test pictures. */
  | { readonly kind: 'test' }
  /** A training crop, drawn from the random stream of this key; see `trainCrop`. */
  | { readonly kind: 'crop'; readonly streamKey: readonly (string | number)[]; readonly mirror: boolean };

/** A picture that a view is wanted of. */
export interface PictureRequest {
  readonly picture: PictureRef;
  readonly view: PictureView;
  /** S, side of the view in pixels. */
  readonly size: number;
}

/**
 * Reads, decodes and transforms a picture.
 * @param load What reads and decodes; its pixels stay its own.
 * @returns S × S, the caller's own.
 * @throws {UserError} PICTURE_MISSING, PICTURE_UNREADABLE, UNKNOWN_ICON
 */
export async function viewPicture(
  { picture, view, size }: PictureRequest,
  load: PictureLoader = loadPicture,
): Promise<RgbImage> {
  const image = await load(picture, size);
  const seen = transformed(image, view, size);
  return seen.data.buffer === image.data.buffer ? { ...seen, data: seen.data.slice() } : seen;
}

function transformed(image: RgbImage, view: PictureView, size: number): RgbImage {
  switch (view.kind) {
    case 'test':
      return testTransform(image, size);
    case 'crop':
      return trainCrop(image, size, stream(...view.streamKey), { mirror: view.mirror });
    default:
      return view satisfies never;
  }
}
