import type { RgbImage } from '../dataset.ts';
import { type Box, cropImage } from './crop.ts';
import { type AxisWeights, filterPasses, PRECISION_BITS, type Span } from './resize-passes.ts';

/** Radius of the cubic, in source pixels at scale 1. */
const SUPPORT = 2;

/** Keys' cubic with a = −0.5. */
function cubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/**
 * Antialiasing weights: where a picture shrinks, the cubic is stretched over the source pixels it stands for.
 * Double precision and the order of operations are Pillow's, since the rounded integers must be equal.
 */
function computeWeights(inSize: number, outSize: number, span: Span): AxisWeights {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = SUPPORT * filterScale;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(span.length);
  const count = new Int32Array(span.length);
  const weights = new Int32Array(span.length * taps);
  const exact = new Float64Array(taps);
  const inverse = 1 / filterScale;
  for (let i = 0; i < span.length; i += 1) {
    const center = (span.start + i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - support + 0.5));
    const n = Math.min(inSize, Math.trunc(center + support + 0.5)) - from;
    let sum = 0;
    for (let t = 0; t < n; t += 1) {
      exact[t] = cubic((t + from - center + 0.5) * inverse);
      sum += exact[t];
    }
    for (let t = 0; t < n; t += 1) {
      const weight = (sum === 0 ? exact[t] : exact[t] / sum) * (1 << PRECISION_BITS);
      weights[i * taps + t] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    first[i] = from;
    count[i] = n;
  }
  return { taps, first, count, weights };
}

const cache = new Map<string, AxisWeights>();
/** Bytes of tables kept; a dataset has few different sizes, random crops have many. */
const CACHE_BYTES = 32 * 2 ** 20;
let cachedBytes = 0;

function axisWeights(inSize: number, outSize: number, span: Span): AxisWeights {
  const key = `${inSize},${outSize},${span.start},${span.length}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = computeWeights(inSize, outSize, span);
  cachedBytes += made.weights.byteLength + made.first.byteLength * 2;
  if (cachedBytes > CACHE_BYTES) {
    cache.clear();
    cachedBytes = made.weights.byteLength + made.first.byteLength * 2;
  }
  cache.set(key, made);
  return made;
}

/** Source pixels that an axis reads: from the first one's first to the last one's last. */
function sourceSpan({ first, count }: AxisWeights): Span {
  const last = first.length - 1;
  return { start: first[0], length: first[last] + count[last] - first[0] };
}

/**
 * A window of the picture resized to width × height, without computing the rest of it.
 *
 * The same bytes as Pillow's `Image.resize((width, height), BICUBIC)` cropped to the window: an antialiased cubic
 * along each axis whose size changes, rounded to bytes after each.
 *
 * Source: Pillow 13, 8-bit path; its outputs are this function's tests. Pillow before 13 never took y first, so
 * its bytes differ on pictures that shrink much more in height than in width.
 *
 * @param window Part of the resized picture, inside it.
 */
export function resizeWindow(image: RgbImage, width: number, height: number, window: Box): RgbImage {
  const columns = { start: window.left, length: window.width };
  const lines = { start: window.top, length: window.height };
  const alongX = width === image.width ? null : axisWeights(image.width, width, columns);
  const alongY = height === image.height ? null : axisWeights(image.height, height, lines);
  if (alongX === null && alongY === null) return cropImage(image, window);
  if (alongX === null)
    return filterPasses(image, [{ along: 'y', axis: alongY!, origin: 0, across: columns }]);
  if (alongY === null) return filterPasses(image, [{ along: 'x', axis: alongX, origin: 0, across: lines }]);
  // Pillow's rule; the order matters because the first pass rounds.
  const shrink = image.height - height;
  const yFirst = shrink > 0 && shrink > 2 * (image.width - width);
  const [first, second] = yFirst ? (['y', 'x'] as const) : (['x', 'y'] as const);
  const [one, two] = yFirst ? [alongY, alongX] : [alongX, alongY];
  const read = sourceSpan(two);
  return filterPasses(image, [
    { along: first, axis: one, origin: 0, across: read },
    { along: second, axis: two, origin: read.start, across: { start: 0, length: one.first.length } },
  ]);
}

/**
 * The picture resized to width × height, in the same bytes as Pillow's antialiased bicubic.
 *
 * @param width At least 1.
 * @param height At least 1.
 */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resizeWindow(image, width, height, { left: 0, top: 0, width, height });
}
