import type { RgbImage } from '../dataset.ts';
import type { RandomStream } from '../random/random-stream.ts';
import { type Box, cropImage, flipHorizontal } from './crop.ts';
import { resizeBicubic, resizeWindow } from './resize.ts';

/** Mean of each channel over CLIP's training pictures, in units of 255. Source: openai/CLIP. */
export const CLIP_MEAN: readonly number[] = [0.48145466, 0.4578275, 0.40821073];
/** Standard deviation of each channel, in units of 255. Source: openai/CLIP. */
export const CLIP_STD: readonly number[] = [0.26862954, 0.26130258, 0.27577711];

/** Share of the picture's area that a training crop covers. */
const CROP_AREA = [0.08, 1] as const;
/** Width over height of a training crop. */
const CROP_RATIO = [3 / 4, 4 / 3] as const;
const CROP_TRIES = 10;

/** Python's `round`: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Size of a picture whose short side becomes `size`; the long side is truncated, as torchvision's `Resize` does.
 */
function shortSideSize(image: RgbImage, size: number): { width: number; height: number } {
  const { width, height } = image;
  return width <= height
    ? { width: size, height: Math.trunc((size * height) / width) }
    : { width: Math.trunc((size * width) / height), height: size };
}

/**
 * CLIP's transform of test pictures: short side to `size`, antialiased bicubic, then the centre square.
 *
 * Source: openai/CLIP's preprocessing through torchvision and Pillow; equal in every byte.
 *
 * @param size S, the model's resolution.
 * @returns S × S.
 */
export function testTransform(image: RgbImage, size: number): RgbImage {
  const { width, height } = shortSideSize(image, size);
  // Only the square is computed: a very long picture would else grow to gigabytes before it is cut.
  const left = roundHalfEven((width - size) / 2);
  const top = roundHalfEven((height - size) / 2);
  return resizeWindow(image, width, height, { left, top, width: size, height: size });
}

/**
 * Geometry of torchvision's `RandomResizedCrop`: area 0.08–1, ratio 3/4–4/3 (log-uniform); after ten crops that
 * do not fit, the largest centred one of an allowed ratio.
 *
 * Draws four numbers from `random` for each try that fits, two for one that does not; torchvision's numbers come
 * from another generator, so the crops agree in distribution only.
 */
export function trainCropBox(width: number, height: number, random: RandomStream): Box {
  const area = width * height;
  const [logLow, logHigh] = CROP_RATIO.map(Math.log);
  for (let i = 0; i < CROP_TRIES; i += 1) {
    const target = area * (CROP_AREA[0] + (CROP_AREA[1] - CROP_AREA[0]) * random.uniform());
    const ratio = Math.exp(logLow + (logHigh - logLow) * random.uniform());
    const w = roundHalfEven(Math.sqrt(target * ratio));
    const h = roundHalfEven(Math.sqrt(target / ratio));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const top = random.int(height - h + 1);
      const left = random.int(width - w + 1);
      return { left, top, width: w, height: h };
    }
  }
  let [w, h] = [width, height];
  if (width / height < CROP_RATIO[0]) h = roundHalfEven(w / CROP_RATIO[0]);
  else if (width / height > CROP_RATIO[1]) w = roundHalfEven(h * CROP_RATIO[1]);
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

/**
 * CoOp's transform of training pictures: a random crop resized to size × size, mirrored half of the time.
 *
 * @param size S, the model's resolution.
 * @param random The stream of this picture and view, e.g. `stream('crop', seed, epoch, name)`.
 * @param options `mirror`: whether mirroring keeps the picture's class.
 * @returns S × S.
 */
export function trainCrop(
  image: RgbImage,
  size: number,
  random: RandomStream,
  options: { readonly mirror: boolean },
): RgbImage {
  const box = trainCropBox(image.width, image.height, random);
  const resized = resizeBicubic(cropImage(image, box), size, size);
  return options.mirror && random.uniform() < 0.5 ? flipHorizontal(resized) : resized;
}

/**
 * Normalised value of every byte, channel after channel: [3, 256], in float32 steps as PyTorch computes them.
 * @param normalization Mean and standard deviation of red, green and blue, as fractions of white; default CLIP's.
 */
export function normalizationTable(
  normalization: { readonly mean: readonly number[]; readonly std: readonly number[] } = {
    mean: CLIP_MEAN,
    std: CLIP_STD,
  },
): Float32Array {
  const table = new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel += 1) {
    const [mean, std] = [Math.fround(normalization.mean[channel]), Math.fround(normalization.std[channel])];
    for (let byte = 0; byte < 256; byte += 1) {
      table[channel * 256 + byte] = Math.fround(Math.fround(byte / 255) - mean) / std;
    }
  }
  return table;
}

const CLIP_TABLE = normalizationTable();

/**
 * Writes a picture as the float32 tensor [3, height, width] that CLIP takes: bytes / 255, less the mean, by
 * the standard deviation.
 *
 * @param out Has room for 3 × height × width values from `offset` on.
 * @param table See `normalizationTable`; default CLIP's.
 */
export function normalizeInto(
  image: RgbImage,
  out: Float32Array,
  offset: number,
  table: Float32Array = CLIP_TABLE,
): void {
  const { data } = image;
  const plane = image.width * image.height;
  if (offset < 0 || offset + 3 * plane > out.length) {
    throw new RangeError(`internal: ${3 * plane} values at ${offset} do not fit ${out.length}`);
  }
  let red = offset;
  for (let from = 0; from < data.length; from += 3) {
    out[red] = table[data[from]];
    out[red + plane] = table[256 + data[from + 1]];
    out[red + 2 * plane] = table[512 + data[from + 2]];
    red += 1;
  }
}
