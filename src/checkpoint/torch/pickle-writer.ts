import { DTYPE_BYTES, type Dtype, elementCount, type StoredTensor } from '../safetensors-dtype.ts';

/** A value as Python's pickle holds it: a Map becomes an OrderedDict, an object a dict, an array a list. */
export type WritableValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | StoredTensor
  | PythonFloat
  | readonly WritableValue[]
  | ReadonlyMap<string, WritableValue>
  | { readonly [key: string]: WritableValue };

/** A number that is a float to Python even where it is whole. Plain numbers become ints where they are whole. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

const STORAGE_CLASSES = {
  F64: 'DoubleStorage',
  I64: 'LongStorage',
  F32: 'FloatStorage',
  I32: 'IntStorage',
  F16: 'HalfStorage',
  BF16: 'BFloat16Storage',
  I16: 'ShortStorage',
  U8: 'ByteStorage',
  I8: 'CharStorage',
  BOOL: 'BoolStorage',
} as const satisfies Readonly<Record<Dtype, string>>;

function isTensor(value: object): value is StoredTensor {
  return 'dtype' in value && 'shape' in value && 'data' in value && ArrayBuffer.isView(value.data);
}

function isMap(value: object): value is ReadonlyMap<string, WritableValue> {
  return value instanceof Map;
}

/** Row-major strides in elements. */
function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of [...shape].reverse()) {
    strides.unshift(stride);
    stride *= size;
  }
  return strides;
}

/**
 * Writes values as a pickle of protocol 2, with only operations that `torch.load(weights_only=True)` takes.
 *
 * Storages are not part of a pickle: `storages` collects each tensor's bytes, and its index is the storage's key.
 */
export class PickleWriter {
  readonly #parts: Uint8Array[] = [];
  readonly storages: Uint8Array[] = [];

  /** The whole pickle. */
  encode(value: WritableValue): Uint8Array {
    this.#bytes(0x80, 2);
    this.#value(value);
    this.#bytes(0x2e);
    return Buffer.concat(this.#parts);
  }

  #bytes(...bytes: number[]): void {
    this.#parts.push(Uint8Array.from(bytes));
  }

  #text(text: string): void {
    const bytes = Buffer.from(text);
    const head = Buffer.from([0x58, 0, 0, 0, 0]);
    head.writeUInt32LE(bytes.length, 1);
    this.#parts.push(head, bytes);
  }

  #global(module: string, name: string): void {
    this.#parts.push(Buffer.from(`c${module}\n${name}\n`));
  }

  #integer(value: number | bigint): void {
    if (value >= -(2 ** 31) && value < 2 ** 31) {
      const bytes = Buffer.from([0x4a, 0, 0, 0, 0]);
      bytes.writeInt32LE(Number(value), 1);
      this.#parts.push(bytes);
      return;
    }
    if (BigInt.asIntN(64, BigInt(value)) !== BigInt(value)) {
      throw new Error(`internal: ${value} is no 64-bit integer`);
    }
    const bytes = Buffer.from([0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.writeBigInt64LE(BigInt(value), 2);
    this.#parts.push(bytes);
  }

  #float(value: number): void {
    const bytes = Buffer.from([0x47, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.writeDoubleBE(value, 1);
    this.#parts.push(bytes);
  }

  #value(value: WritableValue): void {
    if (value === null) this.#bytes(0x4e);
    else if (typeof value === 'boolean') this.#bytes(value ? 0x88 : 0x89);
    else if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) {
      this.#integer(value);
    } else if (typeof value === 'number') this.#float(value);
    else if (value instanceof PythonFloat) this.#float(value.value);
    else if (Array.isArray(value)) this.#list(value);
    else if (isMap(value)) this.#orderedDict(value);
    else if (isTensor(value)) this.#tensor(value);
    else this.#dict(value as { readonly [key: string]: WritableValue });
  }

  #list(items: readonly WritableValue[]): void {
    this.#bytes(0x5d, 0x28);
    for (const item of items) this.#value(item);
    this.#bytes(0x65);
  }

  #items(items: Iterable<readonly [string, WritableValue]>): void {
    this.#bytes(0x28);
    for (const [key, item] of items) {
      this.#text(key);
      this.#value(item);
    }
    this.#bytes(0x75);
  }

  #dict(items: { readonly [key: string]: WritableValue }): void {
    this.#bytes(0x7d);
    this.#items(Object.entries(items));
  }

  #emptyOrderedDict(): void {
    this.#global('collections', 'OrderedDict');
    this.#bytes(0x29, 0x52);
  }

  #orderedDict(items: ReadonlyMap<string, WritableValue>): void {
    this.#emptyOrderedDict();
    this.#items(items);
  }

  #sizes(sizes: readonly number[]): void {
    this.#bytes(0x28);
    for (const size of sizes) this.#integer(size);
    this.#bytes(0x74);
  }

  /** `_rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())` */
  #tensor({ dtype, shape, data }: StoredTensor): void {
    const elements = elementCount(shape);
    if (data.byteLength !== elements * DTYPE_BYTES[dtype]) {
      throw new Error(`internal: a tensor of ${data.length} elements and shape [${shape}]`);
    }
    this.#global('torch._utils', '_rebuild_tensor_v2');
    this.#bytes(0x28, 0x28);
    this.#text('storage');
    this.#global('torch', STORAGE_CLASSES[dtype]);
    this.#text(String(this.storages.length));
    this.#text('cpu');
    this.#integer(elements);
    this.#bytes(0x74, 0x51);
    this.storages.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#integer(0);
    this.#sizes(shape);
    this.#sizes(stridesOf(shape));
    this.#bytes(0x89);
    this.#emptyOrderedDict();
    this.#bytes(0x74, 0x52);
  }
}
