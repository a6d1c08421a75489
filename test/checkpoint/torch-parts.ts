// Builds files of PyTorch by hand from the descriptions of the formats (pickletools; APPNOTE.TXT for zip), damaged
// and hostile ones included.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** Bytes of a pickle: a list of operations, written out. */
export type Operations = readonly (Uint8Array | number)[];

export function bytesOf(...parts: Operations): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part)));
}

export const MARK = 0x28;
export const STOP = 0x2e;
export const REDUCE = 0x52;
export const PERSISTENT_ID = 0x51;
export const TUPLE = 0x74;
export const EMPTY_TUPLE = 0x29;
export const EMPTY_LIST = 0x5d;
export const EMPTY_DICT = 0x7d;
export const SET_ITEMS = 0x75;
export const BUILD = 0x62;
export const FALSE = 0x89;
export const NONE = 0x4e;
export const PROTOCOL_2 = Uint8Array.of(0x80, 2);

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.from([0x58, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** LONG1 with eight bytes. */
export function integer(value: number | bigint): Buffer {
  const bytes = Buffer.from([0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeBigInt64LE(BigInt(value), 2);
  return bytes;
}

export const global = (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`);
export const tuple = (...items: Operations): Buffer => bytesOf(MARK, ...items, TUPLE);
export const call = (module: string, name: string, ...args: Operations): Buffer =>
  bytesOf(global(module, name), tuple(...args), REDUCE);
export const dict = (...items: Operations): Buffer => bytesOf(EMPTY_DICT, MARK, ...items, SET_ITEMS);
export const pickle = (...value: Operations): Buffer => bytesOf(PROTOCOL_2, ...value, STOP);

/** A tensor as `torch.save` pickles it. */
export function tensor(
  options: {
    readonly key?: string;
    readonly storage?: string;
    readonly elements?: number | bigint;
    readonly offset?: number | bigint;
    readonly shape?: readonly (number | bigint)[];
    readonly strides?: readonly (number | bigint)[];
  } = {},
): Buffer {
  const { key = '0', storage = 'FloatStorage', elements = 4, offset = 0 } = options;
  const { shape = [4], strides = [1] } = options;
  const id = bytesOf(
    tuple(text('storage'), global('torch', storage), text(key), text('cpu'), integer(elements)),
    PERSISTENT_ID,
  );
  const sizes = (values: readonly (number | bigint)[]) => tuple(...values.map(integer));
  const hooks = bytesOf(global('collections', 'OrderedDict'), EMPTY_TUPLE, REDUCE);
  return call(
    'torch._utils',
    '_rebuild_tensor_v2',
    id,
    integer(offset),
    sizes(shape),
    sizes(strides),
    FALSE,
    hooks,
  );
}

/** A member of a zip, with whatever its headers shall claim. */
export interface Member {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** Size of a hole instead of bytes; its checksum is 0, which stands for none. */
  readonly hole?: number;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  /** What the headers say instead of the length of `bytes`. */
  readonly packedSize?: number;
  readonly size?: number;
  /** Where the directory says that the member begins. */
  readonly offset?: number;
}

const wide = (value: number): boolean => value >= 0xffffffff;
const clamp = (value: number): number => (wide(value) ? 0xffffffff : value);

/** Extra field 1: each value that does not fit in 32 bits. */
function zip64Extra(values: readonly number[]): Buffer {
  const large = values.filter(wide);
  if (large.length === 0) return Buffer.alloc(0);
  const extra = Buffer.alloc(4 + 8 * large.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * large.length, 2);
  for (const [i, value] of large.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
  return extra;
}

function header(member: Member, offset: number | null): Buffer {
  const name = Buffer.from(member.name);
  const length = member.bytes?.length ?? member.hole ?? 0;
  const { packedSize = length, size = length, flags = 0x0800, method = 0 } = member;
  const extra = zip64Extra(offset === null ? [size, packedSize] : [size, packedSize, offset]);
  const out = Buffer.alloc(offset === null ? 30 : 46);
  out.writeUInt32LE(offset === null ? 0x04034b50 : 0x02014b50, 0);
  const at = offset === null ? 4 : 6;
  out.writeUInt16LE(45, at);
  out.writeUInt16LE(flags, at + 2);
  out.writeUInt16LE(method, at + 4);
  out.writeUInt32LE(member.crc ?? (member.bytes === undefined ? 0 : crc32(member.bytes)), at + 10);
  out.writeUInt32LE(clamp(packedSize), at + 14);
  out.writeUInt32LE(clamp(size), at + 18);
  out.writeUInt16LE(name.length, at + 22);
  out.writeUInt16LE(extra.length, at + 24);
  if (offset !== null) out.writeUInt32LE(clamp(offset), 42);
  return Buffer.concat([out, name, extra]);
}

function directoryEnd(at: number, size: number, count: number): Buffer {
  const large = Buffer.alloc(56 + 20);
  large.writeUInt32LE(0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeBigUInt64LE(BigInt(count), 24);
  large.writeBigUInt64LE(BigInt(count), 32);
  large.writeBigUInt64LE(BigInt(size), 40);
  large.writeBigUInt64LE(BigInt(at), 48);
  large.writeUInt32LE(0x07064b50, 56);
  large.writeBigUInt64LE(BigInt(at + size), 56 + 8);
  large.writeUInt32LE(1, 56 + 16);
  const small = Buffer.alloc(22);
  small.writeUInt32LE(0x06054b50, 0);
  small.writeUInt16LE(Math.min(count, 0xffff), 8);
  small.writeUInt16LE(Math.min(count, 0xffff), 10);
  small.writeUInt32LE(clamp(size), 12);
  small.writeUInt32LE(clamp(at), 16);
  return wide(at) || count >= 0xffff ? Buffer.concat([large, small]) : small;
}

/**
 * Writes a zip, with zip64 fields where they are needed. Holes take no room on the disk.
 *
 * @returns Where each member's bytes begin.
 */
export function writeZip(path: string, members: readonly Member[]): number[] {
  const file = openSync(path, 'w+');
  const starts: number[] = [];
  const central: Buffer[] = [];
  let at = 0;
  try {
    for (const member of members) {
      const local = header(member, null);
      central.push(header(member, member.offset ?? at));
      writeSync(file, local, 0, local.length, at);
      at += local.length;
      starts.push(at);
      if (member.bytes !== undefined) writeSync(file, member.bytes, 0, member.bytes.length, at);
      at += member.bytes?.length ?? member.hole ?? 0;
    }
    const directory = Buffer.concat(central);
    ftruncateSync(file, at);
    writeSync(file, directory, 0, directory.length, at);
    const end = directoryEnd(at, directory.length, members.length);
    writeSync(file, end, 0, end.length, at + directory.length);
  } finally {
    closeSync(file);
  }
  return starts;
}

/** Writes an archive with this pickle and one storage of 16 bytes, `data/0`, and whatever else is given. */
export function writeArchive(path: string, data: Uint8Array, more: readonly Member[] = []): void {
  const storage = { name: 'archive/data/0', bytes: new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer) };
  const own = more.some(({ name }) => name === storage.name) ? [] : [storage];
  writeZip(path, [{ name: 'archive/data.pkl', bytes: data }, ...own, ...more]);
}
