import type { RgbImage } from '../dataset.ts';

/** A rectangle in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A copy of part of a picture; what lies outside the picture is black, as torchvision pads before it crops.
 *
 * @param box Whole numbers; `left` and `top` may be negative.
 */
export function cropImage(image: RgbImage, box: Box): RgbImage {
  const data = new Uint8Array(box.width * box.height * 3);
  const left = Math.max(0, box.left);
  const right = Math.min(image.width, box.left + box.width);
  const bottom = Math.min(image.height, box.top + box.height);
  if (right > left) {
    for (let y = Math.max(0, box.top); y < bottom; y += 1) {
      const row = image.data.subarray((y * image.width + left) * 3, (y * image.width + right) * 3);
      data.set(row, ((y - box.top) * box.width + left - box.left) * 3);
    }
  }
  return { width: box.width, height: box.height, data };
}

/** The picture mirrored left to right, as a copy. */
export function flipHorizontal(image: RgbImage): RgbImage {
  const { width, height, data } = image;
  const flipped = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    let from = y * width * 3;
    let to = from + (width - 1) * 3;
    for (let x = 0; x < width; x += 1) {
      flipped[to] = data[from];
      flipped[to + 1] = data[from + 1];
      flipped[to + 2] = data[from + 2];
      from += 3;
      to -= 3;
    }
  }
  return { width, height, data: flipped };
}
