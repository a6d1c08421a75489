import { type Box, cropImage } from './crop.ts';
import type { RgbImage } from './dataset.ts';

/** Fraction bits of Pillow's fixed-point coefficients for 8-bit pictures. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);
/** Radius of the cubic, in source pixels at scale 1. */
const SUPPORT = 2;

/** Weights of one axis: output pixel i is the sum of `weights[i · taps + t] · source[first[i] + t]`. */
interface AxisWeights {
  /** Room for the weights of one output pixel; unused ones are 0. */
  readonly taps: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Fixed point, 22 fraction bits. */
  readonly weights: Int32Array;
}

/** Part of a line of output pixels: `start` ≤ i < `start` + `length`. */
interface Span {
  readonly start: number;
  readonly length: number;
}

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

/** Rounds a fixed-point sum to a byte. */
function toByte(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Source pixels that an axis reads: from the first one's first to the last one's last. */
function sourceSpan({ first, count }: AxisWeights): Span {
  const last = first.length - 1;
  return { start: first[0], length: first[last] + count[last] - first[0] };
}

/**
 * Filters the rows of a span along x.
 *
 * @param left Source column of the image's first column.
 * @returns axis length × span length.
 */
function filterAlongX(image: RgbImage, left: number, lines: Span, axis: AxisWeights): RgbImage {
  const { data, width } = image;
  const { taps, first, count, weights } = axis;
  const outWidth = first.length;
  const out = new Uint8Array(lines.length * outWidth * 3);
  let to = 0;
  for (let y = 0; y < lines.length; y += 1) {
    const row = ((lines.start + y) * width - left) * 3;
    for (let x = 0; x < outWidth; x += 1) {
      let from = row + first[x] * 3;
      let w = x * taps;
      const end = w + count[x];
      let r = HALF;
      let g = HALF;
      let b = HALF;
      for (; w < end; w += 1) {
        const weight = weights[w];
        r = (r + Math.imul(weight, data[from])) | 0;
        g = (g + Math.imul(weight, data[from + 1])) | 0;
        b = (b + Math.imul(weight, data[from + 2])) | 0;
        from += 3;
      }
      out[to] = toByte(r);
      out[to + 1] = toByte(g);
      out[to + 2] = toByte(b);
      to += 3;
    }
  }
  return { width: outWidth, height: lines.length, data: out };
}

/**
 * Filters the columns of a span along y.
 *
 * @param top Source row of the image's first row.
 * @returns span length × axis length.
 */
function filterAlongY(image: RgbImage, top: number, columns: Span, axis: AxisWeights): RgbImage {
  const { data } = image;
  const { taps, first, count, weights } = axis;
  const outHeight = first.length;
  const rowBytes = columns.length * 3;
  const out = new Uint8Array(outHeight * rowBytes);
  const rowStep = image.width * 3;
  // Source rows are added to a line of sums, four at once: that halves the traffic with memory.
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < outHeight; y += 1) {
    sums.fill(HALF);
    let w = y * taps;
    const end = w + count[y];
    let a = ((first[y] - top) * image.width + columns.start) * 3;
    for (; w + 4 <= end; w += 4) {
      const [wa, wb, wc, wd] = [weights[w], weights[w + 1], weights[w + 2], weights[w + 3]];
      const b = a + rowStep;
      const c = b + rowStep;
      const d = c + rowStep;
      for (let i = 0; i < rowBytes; i += 1) {
        const upper = (Math.imul(wa, data[a + i]) + Math.imul(wb, data[b + i])) | 0;
        const lower = (Math.imul(wc, data[c + i]) + Math.imul(wd, data[d + i])) | 0;
        sums[i] += (upper + lower) | 0;
      }
      a = d + rowStep;
    }
    for (; w < end; w += 1) {
      const weight = weights[w];
      for (let i = 0; i < rowBytes; i += 1) sums[i] += Math.imul(weight, data[a + i]);
      a += rowStep;
    }
    const to = y * rowBytes;
    for (let i = 0; i < rowBytes; i += 1) out[to + i] = toByte(sums[i]);
  }
  return { width: columns.length, height: outHeight, data: out };
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
  if (alongX === null) return filterAlongY(image, 0, columns, alongY!);
  if (alongY === null) return filterAlongX(image, 0, lines, alongX);
  // Pillow's rule; the order matters because the first pass rounds.
  const shrink = image.height - height;
  if (shrink > 0 && shrink > 2 * (image.width - width)) {
    const read = sourceSpan(alongX);
    const middle = filterAlongY(image, 0, read, alongY);
    return filterAlongX(middle, read.start, { start: 0, length: middle.height }, alongX);
  }
  const read = sourceSpan(alongY);
  const middle = filterAlongX(image, 0, read, alongX);
  return filterAlongY(middle, read.start, { start: 0, length: middle.width }, alongY);
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
