import { assemble, type WasmFunction } from '../../wasm/index.ts';

/** Fraction bits of Pillow's fixed-point coefficients for 8-bit pictures. */
export const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/** Half of the last place, from which a sum starts so that it is rounded. */
const START = `i32.const ${HALF} i32x4.splat`;
/** The integer part of a sum. */
const WHOLE = `i32.const ${PRECISION_BITS} i32x4.shr_s`;

// Both functions read tables with one entry an output pixel: `first`, bytes from the line's start to the first
// source pixel; `count`, bytes of its weights; `weights`, a row of `taps` bytes. Numbers of bytes, so that they are
// added to addresses as they are.

/**
 * Filters rows along x, two at once: a pixel's weights are loaded for both. A vector holds red, green and blue of a
 * pixel and one byte that belongs to the next; its result is overwritten by the next pixel's.
 */
const FILTER_X: WasmFunction = {
  name: 'filterX',
  params: [
    ...['source', 'sourceStride', 'rows', 'first', 'count', 'weights', 'taps', 'pixels'],
    ...['target', 'targetStride'],
  ],
  locals: {
    i32: ['sourceB', 'targetA', 'targetB', 'x', 'end', 'a', 'b', 'row', 'weight', 'lastWeight'],
    v128: ['factor', 'sumA', 'sumB'],
  },
  body: `
    local.get $pixels local.get $pixels i32.add local.tee $end local.get $end i32.add local.set $end
    loop $rowPairs
      ;; The last row of an odd number is its own partner.
      local.get $source local.get $sourceStride i32.add local.get $source
      local.get $rows i32.const 1 i32.gt_s select local.set $sourceB
      local.get $target local.set $targetA
      local.get $target local.get $targetStride i32.add local.get $target
      local.get $rows i32.const 1 i32.gt_s select local.set $targetB
      i32.const 0 local.set $x
      local.get $weights local.set $row
      loop $columns
        local.get $first local.get $x i32.add i32.load local.tee $a
        local.get $sourceB i32.add local.set $b
        local.get $a local.get $source i32.add local.set $a
        local.get $row local.tee $weight
        local.get $count local.get $x i32.add i32.load i32.add local.set $lastWeight
        ${START} local.tee $sumA local.set $sumB
        loop $window
          local.get $weight v128.load32_splat local.set $factor
          local.get $sumA
          local.get $a v128.load32_zero i16x8.extend_low_i8x16_u i32x4.extend_low_i16x8_u
          local.get $factor i32x4.mul i32x4.add local.set $sumA
          local.get $sumB
          local.get $b v128.load32_zero i16x8.extend_low_i8x16_u i32x4.extend_low_i16x8_u
          local.get $factor i32x4.mul i32x4.add local.set $sumB
          local.get $a i32.const 3 i32.add local.set $a
          local.get $b i32.const 3 i32.add local.set $b
          local.get $weight i32.const 4 i32.add local.tee $weight
          local.get $lastWeight i32.lt_s br_if $window
        end
        ;; Narrowing saturates: to 0 and 255 in the end.
        local.get $targetA
        local.get $sumA ${WHOLE} local.get $sumB ${WHOLE} i16x8.narrow_i32x4_s
        local.tee $factor local.get $factor i8x16.narrow_i16x8_u local.tee $factor v128.store32_lane 0
        local.get $targetB local.get $factor v128.store32_lane 1
        local.get $targetA i32.const 3 i32.add local.set $targetA
        local.get $targetB i32.const 3 i32.add local.set $targetB
        local.get $row local.get $taps i32.add local.set $row
        local.get $x i32.const 4 i32.add local.tee $x local.get $end i32.lt_s br_if $columns
      end
      local.get $sourceB local.get $sourceStride i32.add local.set $source
      local.get $target local.get $targetStride i32.add local.get $targetStride i32.add local.set $target
      local.get $rows i32.const 2 i32.sub local.tee $rows i32.const 0 i32.gt_s br_if $rowPairs
    end`,
};

/** Adds a quarter of the sixteen bytes in `bytes`, as four integers, times `factor`, to a sum. */
const addQuarter = (sum: string, half: 'low' | 'high', quarter: 'low' | 'high') => `
          local.get $${sum} local.get $bytes
          i16x8.extend_${half}_i8x16_u i32x4.extend_${quarter}_i16x8_u
          local.get $factor i32x4.mul i32x4.add local.set $${sum}`;

/** Filters columns along y, sixteen bytes of a row at a time; `bytes of a row` is a multiple of sixteen. */
const FILTER_Y: WasmFunction = {
  name: 'filterY',
  params: [
    ...['source', 'sourceStride', 'rows', 'first', 'count', 'weights', 'taps', 'rowBytes'],
    ...['target', 'targetStride'],
  ],
  locals: {
    i32: ['start', 'x', 'y', 'end', 'a', 'weight', 'lastWeight'],
    v128: ['factor', 'bytes', 'sum0', 'sum1', 'sum2', 'sum3'],
  },
  body: `
    local.get $rows local.get $rows i32.add local.tee $end local.get $end i32.add local.set $end
    loop $lines
      local.get $source local.get $first local.get $y i32.add i32.load i32.add local.set $start
      local.get $weights local.get $count local.get $y i32.add i32.load i32.add local.set $lastWeight
      i32.const 0 local.set $x
      loop $blocks
        local.get $start local.get $x i32.add local.set $a
        local.get $weights local.set $weight
        ${START} local.tee $sum0 local.tee $sum1 local.tee $sum2 local.set $sum3
        loop $window
          local.get $weight v128.load32_splat local.set $factor
          local.get $a v128.load local.set $bytes
          ${addQuarter('sum0', 'low', 'low')}
          ${addQuarter('sum1', 'low', 'high')}
          ${addQuarter('sum2', 'high', 'low')}
          ${addQuarter('sum3', 'high', 'high')}
          local.get $a local.get $sourceStride i32.add local.set $a
          local.get $weight i32.const 4 i32.add local.tee $weight
          local.get $lastWeight i32.lt_s br_if $window
        end
        local.get $target local.get $x i32.add
        local.get $sum0 ${WHOLE} local.get $sum1 ${WHOLE} i16x8.narrow_i32x4_s
        local.get $sum2 ${WHOLE} local.get $sum3 ${WHOLE} i16x8.narrow_i32x4_s
        i8x16.narrow_i16x8_u v128.store
        local.get $x i32.const 16 i32.add local.tee $x local.get $rowBytes i32.lt_s br_if $blocks
      end
      local.get $target local.get $targetStride i32.add local.set $target
      local.get $weights local.get $taps i32.add local.set $weights
      local.get $y i32.const 4 i32.add local.tee $y local.get $end i32.lt_s br_if $lines
    end`,
};

/**
 * Filters lines of pixels. Addresses, strides, `count`, `taps` and the entries of `first` are in bytes.
 *
 * `count` and `first` have an Int32 for every output pixel of the axis, `weights` a row of `taps` bytes of Int32.
 */
type Filter = (
  source: number,
  sourceStride: number,
  rows: number,
  first: number,
  count: number,
  weights: number,
  taps: number,
  /** filterX: output pixels of a row. filterY: bytes of a row, a multiple of 16. */
  length: number,
  target: number,
  targetStride: number,
) => void;

export interface ResizeKernel {
  readonly memory: WebAssembly.Memory;
  /** Writes `rows` rows of `length` pixels and one byte behind each. */
  readonly filterX: Filter;
  /** Writes `rows` rows of `length` bytes; reads as many from every source row. */
  readonly filterY: Filter;
}

let module: WebAssembly.Module | null = null;

/** A fresh instance: the memory of one grows and never shrinks. */
export function openResizeKernel(): ResizeKernel {
  module ??= assemble([FILTER_X, FILTER_Y]);
  return new WebAssembly.Instance(module).exports as unknown as ResizeKernel;
}
