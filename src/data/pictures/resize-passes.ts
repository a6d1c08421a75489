import type { RgbImage } from '../dataset.ts';
import { openResizeKernel, type ResizeKernel } from './resize-kernel.ts';

export { PRECISION_BITS } from './resize-kernel.ts';

/** Weights of one axis: output pixel i is the sum of `weights[i · taps + t] · source[first[i] + t]`. */
export interface AxisWeights {
  /** Room for the weights of one output pixel; unused ones are 0. */
  readonly taps: number;
  readonly first: Int32Array;
  /** At least 1 each. */
  readonly count: Int32Array;
  /** Fixed point, 22 fraction bits. */
  readonly weights: Int32Array;
}

/** Part of a line of pixels: `start` ≤ i < `start` + `length`. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** One pass over a picture: its lines along an axis are filtered. */
export interface Pass {
  readonly along: 'x' | 'y';
  readonly axis: AxisWeights;
  /** Source pixel of the axis at which the picture that comes in starts. */
  readonly origin: number;
  /** Lines that are filtered: rows along x, columns along y. */
  readonly across: Span;
}

const PAGE_BYTES = 2 ** 16;
/** An instance whose memory grew beyond this, for one large picture, is not used again. */
const KEPT_BYTES = 32 * 2 ** 20;
/** A vector: rows start at multiples of it, and it may be read behind the last one. */
const VECTOR_BYTES = 16;

/** Bytes of a row of pixels with at least one byte behind it. */
const strideOf = (pixels: number): number => Math.floor((pixels * 3) / VECTOR_BYTES + 1) * VECTOR_BYTES;
const outputSize = ({ along, axis, across }: Pass) =>
  along === 'x'
    ? { width: axis.first.length, height: across.length }
    : { width: across.length, height: axis.first.length };
const tableBytes = ({ axis }: Pass): number => 4 * (axis.weights.length + 2 * axis.first.length);

let kept: ResizeKernel | null = null;

/** A kernel with room for this many bytes. */
function kernelFor(bytes: number): ResizeKernel {
  kept ??= openResizeKernel();
  const kernel = kept;
  const missing = bytes - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE_BYTES));
  if (kernel.memory.buffer.byteLength > KEPT_BYTES) kept = null;
  return kernel;
}

/** Pixels in the kernel's memory. */
interface Placed {
  readonly address: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
}

/**
 * Does one pass in the kernel's memory.
 * @param target Where it writes.
 */
function filter(kernel: ResizeKernel, pass: Pass, source: Placed, target: Placed): void {
  const { along, across, origin } = pass;
  const { taps, first, count, weights } = pass.axis;
  const entries = first.length;
  const [firstAt, countAt, weightsAt] = [0, 4 * entries, 8 * entries];
  const table = new Int32Array(kernel.memory.buffer, 0, 2 * entries + weights.length);
  const step = along === 'x' ? 3 : source.stride;
  for (let i = 0; i < entries; i += 1) {
    table[i] = (first[i] - origin) * step;
    table[entries + i] = count[i] * 4;
  }
  table.set(weights, 2 * entries);
  const address = source.address + across.start * (along === 'x' ? source.stride : 3);
  const { stride } = source;
  if (along === 'x') {
    const rows = across.length;
    kernel.filterX(
      address,
      stride,
      rows,
      firstAt,
      countAt,
      weightsAt,
      4 * taps,
      entries,
      target.address,
      target.stride,
    );
  } else {
    const bytes = Math.ceil((across.length * 3) / VECTOR_BYTES) * VECTOR_BYTES;
    kernel.filterY(
      address,
      stride,
      entries,
      firstAt,
      countAt,
      weightsAt,
      4 * taps,
      bytes,
      target.address,
      target.stride,
    );
  }
}

/** Rows of the picture that the first pass reads; the others are not copied. */
function rowsRead({ along, axis, across }: Pass): Span {
  if (along === 'x') return across;
  const { first, count } = axis;
  const last = first.length - 1;
  return { start: first[0], length: first[last] + count[last] - first[0] };
}

/** The pass with a picture that starts at this row. */
function fromRow(pass: Pass, row: number): Pass {
  return pass.along === 'x'
    ? { ...pass, across: { start: pass.across.start - row, length: pass.across.length } }
    : { ...pass, origin: pass.origin + row };
}

/**
 * Filters a picture by one or two passes, each rounded to bytes. All of it happens in the memory of a WebAssembly
 * instance, where tables, source rows, and what each pass writes lie one behind the other.
 *
 * @param passes The first reads the picture, the next what the one before it wrote.
 * @returns What the last one wrote.
 */
export function filterPasses(image: RgbImage, passes: readonly [Pass, ...Pass[]]): RgbImage {
  const rowBytes = image.width * 3;
  const rows = rowsRead(passes[0]);
  const pixels = image.data.subarray(rows.start * rowBytes, (rows.start + rows.length) * rowBytes);
  const sizes = passes.map(outputSize);
  // Each pass writes its tables over those of the one before, at address 0.
  const sourceAt = Math.max(...passes.map(tableBytes));
  let end = sourceAt + pixels.length;
  const targets = sizes.map(({ width, height }): Placed => {
    const target = { address: Math.ceil(end / VECTOR_BYTES) * VECTOR_BYTES, stride: strideOf(width) };
    end = target.address + target.stride * height;
    return target;
  });
  const kernel = kernelFor(end + 2 * VECTOR_BYTES);
  const bytes = new Uint8Array(kernel.memory.buffer);
  bytes.set(pixels, sourceAt);
  let source: Placed = { address: sourceAt, stride: rowBytes };
  for (const [i, pass] of passes.entries()) {
    filter(kernel, i === 0 ? fromRow(pass, rows.start) : pass, source, targets[i]!);
    source = targets[i]!;
  }
  const { width, height } = sizes.at(-1)!;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const from = source.address + y * source.stride;
    data.set(bytes.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}
