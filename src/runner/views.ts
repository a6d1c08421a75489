import type { PictureRef, PictureRequest, PictureView } from '../data/index.ts';

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

/**
 * A picture under a view. Fixed crops are keyed by (picture, number), so every seed shares them.
 * @param content The picture's key.
 */
export function viewRequest(
  picture: PictureRef,
  content: string,
  { index, mirror }: View,
  resolution: number,
): PictureRequest {
  const view: PictureView =
    index === TEST_VIEW
      ? { kind: 'test' }
      : { kind: 'crop', streamKey: ['fixed crop', content, index], mirror };
  return { picture, view, size: resolution };
}

/** A new training crop, keyed by (seed, epoch, picture). @param content The picture's key. */
export function freshViewRequest(
  picture: PictureRef,
  content: string,
  { seed, epoch, mirror }: { readonly seed: number; readonly epoch: number; readonly mirror: boolean },
  resolution: number,
): PictureRequest {
  const streamKey = ['fresh crop', seed, epoch, content];
  return { picture, view: { kind: 'crop', streamKey, mirror }, size: resolution };
}
