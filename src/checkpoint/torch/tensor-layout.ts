import { DTYPE_BYTES, elementCount, type StoredTensor, tensorFromBytes } from '../safetensors-dtype.ts';
import { damaged, shown } from './errors.ts';
import type { FileBytes } from './file-bytes.ts';
import type { TorchTensor } from './torch-values.ts';
import { checkCrc, type ZipRange } from './zip-directory.ts';

/** Elements of a storage that a tensor reaches over, from its first to its last; 0 for an empty tensor. */
function reach({ shape, strides }: TorchTensor): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((last, size, axis) => last + (size - 1) * strides[axis]!, 1);
}

function isDense({ shape, strides }: TorchTensor): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    // The stride of an axis of one element is never used, and PyTorch leaves any value there.
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/**
 * Checks that a tensor lies within its storage, before memory is taken for it.
 *
 * @param range The storage's bytes within the file.
 * @returns Bytes that the dense tensor will take; more than its storage has where it is expanded.
 * @throws {UserError} TORCH_DAMAGED
 */
export function checkTensor(where: string, tensor: TorchTensor, range: ZipRange): number {
  const { storage, dtype, offset, shape } = tensor;
  const has = range.end - range.start;
  if (storage.bytes > has) {
    throw damaged(`${where}: storage ${shown(storage.entry)}`, `${storage.bytes} bytes`, `${has} bytes`);
  }
  const needed = (offset + reach(tensor)) * DTYPE_BYTES[dtype];
  if (!shape.includes(0) && !(needed <= storage.bytes)) {
    throw damaged(where, `a tensor within the ${storage.bytes} bytes of its storage`, `${needed} bytes`);
  }
  return shape.includes(0) ? 0 : elementCount(shape) * DTYPE_BYTES[dtype];
}

/** Copies a strided view into row-major order. `source` begins at the tensor's first element. */
function gather<T extends { [index: number]: unknown; readonly length: number }>(
  { shape, strides }: TorchTensor,
  source: T,
  out: T,
): void {
  const last = shape.length - 1;
  const inner = shape[last]!;
  const step = strides[last]!;
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to += inner) {
    for (let i = 0; i < inner; i += 1) out[to + i] = source[from + i * step];
    for (let axis = last - 1; axis >= 0; axis -= 1) {
      index[axis] = index[axis]! + 1;
      from += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
}

const BITS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;

/**
 * Reads a tensor's part of its storage and makes it dense and row-major. The checksum is compared where the tensor
 * is all of its storage.
 *
 * @param tensor One that `checkTensor` has passed with this range.
 * @throws {UserError} TORCH_DAMAGED: another checksum, or the file has become shorter.
 */
export function readTensor(
  where: string,
  tensor: TorchTensor,
  range: ZipRange,
  file: FileBytes,
): StoredTensor {
  const { dtype, shape, offset } = tensor;
  const size = DTYPE_BYTES[dtype];
  const spanned = reach(tensor) * size;
  if (spanned === 0) return tensorFromBytes(dtype, shape, new Uint8Array(0));
  const bytes = file.read(range.start + offset * size, spanned);
  if (spanned === range.end - range.start) checkCrc(where, bytes, range.crc32);
  if (isDense(tensor)) return tensorFromBytes(dtype, shape, bytes);
  const Bits = BITS[size];
  const out = new Bits(elementCount(shape));
  gather<{ [index: number]: unknown; readonly length: number }>(tensor, new Bits(bytes.buffer), out);
  return tensorFromBytes(dtype, shape, new Uint8Array(out.buffer));
}
