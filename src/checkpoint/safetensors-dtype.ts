import { UserError } from '../config/index.ts';

/** Element types of a safetensors file that this program reads, and the bytes of one element. */
export const DTYPE_BYTES = {
  F64: 8,
  I64: 8,
  F32: 4,
  I32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U8: 1,
  I8: 1,
  BOOL: 1,
} as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** Array that holds each element type; F16 and BF16 keep their raw 16 bits, BOOL is 0 or 1. */
export interface DtypeArrays {
  readonly F64: Float64Array;
  readonly I64: BigInt64Array;
  readonly F32: Float32Array;
  readonly I32: Int32Array;
  readonly F16: Uint16Array;
  readonly BF16: Uint16Array;
  readonly I16: Int16Array;
  readonly U8: Uint8Array;
  readonly I8: Int8Array;
  readonly BOOL: Uint8Array;
}

/** A dense row-major tensor; `data.length` is the product of `shape`. */
export type StoredTensor = {
  [D in Dtype]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: DtypeArrays[D] };
}[Dtype];

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Sees raw little-endian bytes as a tensor, without a copy where their alignment allows it.
 *
 * @param bytes Exactly elementCount(shape) × DTYPE_BYTES[dtype] bytes.
 */
export function tensorFromBytes(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): StoredTensor {
  const aligned = bytes.byteOffset % DTYPE_BYTES[dtype] === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset } = aligned;
  const n = elementCount(shape);
  switch (dtype) {
    case 'F64':
      return { dtype, shape, data: new Float64Array(buffer, byteOffset, n) };
    case 'I64':
      return { dtype, shape, data: new BigInt64Array(buffer, byteOffset, n) };
    case 'F32':
      return { dtype, shape, data: new Float32Array(buffer, byteOffset, n) };
    case 'I32':
      return { dtype, shape, data: new Int32Array(buffer, byteOffset, n) };
    case 'F16':
    case 'BF16':
      return { dtype, shape, data: new Uint16Array(buffer, byteOffset, n) };
    case 'I16':
      return { dtype, shape, data: new Int16Array(buffer, byteOffset, n) };
    case 'U8':
    case 'BOOL':
      return { dtype, shape, data: new Uint8Array(buffer, byteOffset, n) };
    case 'I8':
      return { dtype, shape, data: new Int8Array(buffer, byteOffset, n) };
    default:
      return dtype satisfies never;
  }
}

let halfTable: Float32Array | null = null;

/** The float32 value of each of the 65,536 half-precision bit patterns. */
function halfValues(): Float32Array {
  if (halfTable !== null) return halfTable;
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 32768; bits += 1) {
    const exponent = bits >>> 10;
    const fraction = bits & 1023;
    let value: number;
    if (exponent === 0) value = fraction * 2 ** -24;
    else if (exponent === 31) value = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    else value = (1024 + fraction) * 2 ** (exponent - 25);
    table[bits] = value;
    table[bits | 32768] = -value;
  }
  halfTable = table;
  return table;
}

/**
 * A tensor's elements as float32: exact for F16, BF16, F32, I16, U8, I8, BOOL; rounded for F64, I64, I32.
 *
 * @returns The tensor's own array where it is F32 already, else a new one.
 */
export function toFloat32(tensor: StoredTensor): Float32Array {
  switch (tensor.dtype) {
    case 'F32':
      return tensor.data;
    case 'F16': {
      const { data } = tensor;
      const values = halfValues();
      const out = new Float32Array(data.length);
      for (let i = 0; i < out.length; i += 1) out[i] = values[data[i]];
      return out;
    }
    case 'BF16': {
      // A bfloat16 is the upper half of a float32.
      const { data } = tensor;
      const bits = new Uint32Array(data.length);
      for (let i = 0; i < bits.length; i += 1) bits[i] = data[i] << 16;
      return new Float32Array(bits.buffer);
    }
    case 'I64':
      return Float32Array.from(tensor.data, Number);
    default:
      return new Float32Array(tensor.data);
  }
}

/**
 * A tensor's elements as int32, e.g. token ids and labels that Python wrote as int64.
 *
 * @param where Names file and tensor in the error.
 * @returns The tensor's own array where it is I32 already, else a new one.
 * @throws {UserError} `TENSOR_NOT_INTEGER`: a floating-point tensor; `TENSOR_OUT_OF_RANGE`: an I64 beyond int32.
 */
export function toInt32(tensor: StoredTensor, where: string): Int32Array {
  switch (tensor.dtype) {
    case 'I32':
      return tensor.data;
    case 'I16':
    case 'U8':
    case 'I8':
    case 'BOOL':
      return new Int32Array(tensor.data);
    case 'I64': {
      const { data } = tensor;
      const out = new Int32Array(data.length);
      for (let i = 0; i < out.length; i += 1) {
        out[i] = Number(data[i]);
        if (BigInt(out[i]) !== data[i]) {
          throw new UserError('TENSOR_OUT_OF_RANGE', {
            where,
            expected: 'integers between -2147483648 and 2147483647',
            found: `${data[i]} at element ${i}`,
          });
        }
      }
      return out;
    }
    case 'F64':
    case 'F32':
    case 'F16':
    case 'BF16':
      throw new UserError('TENSOR_NOT_INTEGER', {
        where,
        expected: 'an integer tensor (I64, I32, I16, U8, I8 or BOOL)',
        found: tensor.dtype,
      });
    default:
      return tensor satisfies never;
  }
}
