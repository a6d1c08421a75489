import {
  loadPicture,
  type PictureRef,
  pictureKey,
  type RgbImage,
  stream,
  testTransform,
  trainCrop,
} from '../data/index.ts';

/** The view of test pictures (and of the linear probe's training pictures): resize and centre crop. */
export const TEST_VIEW = -1;

/** How a picture is looked at. */
export interface View {
  /** {@link TEST_VIEW}, or the number of a fixed training crop. */
  readonly index: number;
  /** Training crops may be mirrored. */
  readonly mirror: boolean;
}

/** Raised on purpose when a view's pixels change. */
const VIEW_VERSION = 1;

/** Names a view in feature keys: everything its pixels depend on besides the picture. */
export function viewName({ index, mirror }: View, resolution: number): string {
  const kind = index === TEST_VIEW ? 'test' : `crop ${index}${mirror ? ' mirror' : ''}`;
  return `v${VIEW_VERSION} ${kind} ${resolution}`;
}

/** A picture under a view: R × R. Fixed crops are keyed by (picture, number), so every seed shares them. */
export async function loadView(picture: PictureRef, view: View, resolution: number): Promise<RgbImage> {
  const image = await loadPicture(picture, resolution);
  if (view.index === TEST_VIEW) return testTransform(image, resolution);
  const random = stream('fixed crop', pictureKey(picture), view.index);
  return trainCrop(image, resolution, random, { mirror: view.mirror });
}

/** A new training crop, keyed by (seed, epoch, picture). */
export async function loadFreshView(
  picture: PictureRef,
  key: { readonly seed: number; readonly epoch: number; readonly mirror: boolean },
  resolution: number,
): Promise<RgbImage> {
  const random = stream('fresh crop', key.seed, key.epoch, pictureKey(picture));
  return trainCrop(await loadPicture(picture, resolution), resolution, random, { mirror: key.mirror });
}
