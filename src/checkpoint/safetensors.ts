import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { nearNames, UserError } from '../config/index.ts';
import { writeFileAtomic } from '../files/index.ts';
import { DTYPE_BYTES, elementCount, type StoredTensor, tensorFromBytes } from './safetensors-dtype.ts';
import { HEADER_LIMIT, LENGTH_BYTES, parseHeader, type SafetensorsHeader } from './safetensors-header.ts';

/** All of a safetensors file, tensors in the order of its header. */
export interface SafetensorsContents {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The file's free-form text pairs (`__metadata__`). */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file whose header is read and whose tensors are fetched one by one. Close it after use. */
export interface SafetensorsFile {
  readonly path: string;
  readonly header: SafetensorsHeader;
  /**
   * Reads one tensor's bytes from disk.
   *
   * @throws {UserError} `TENSOR_MISSING`, naming the nearest names; `SAFETENSORS_DAMAGED` if the file shrank.
   */
  read(name: string): StoredTensor;
  close(): void;
}

/** Node refuses single reads and writes of 2 GiB and more. */
const CHUNK_BYTES = 2 ** 30;

function missingFile(path: string, cause: unknown): UserError {
  const words = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : words;
  return new UserError('FILE_UNREADABLE', {
    where: path,
    expected: 'a safetensors file',
    found: code === 'ENOENT' ? 'no such file' : code,
    hint: 'check the path',
    cause,
  });
}

function readFully(file: number, length: number, position: number, path: string): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(file, bytes, done, Math.min(CHUNK_BYTES, length - done), position + done);
    if (count === 0) {
      throw new UserError('SAFETENSORS_DAMAGED', {
        where: path,
        expected: `${position + length} bytes`,
        found: `the file ends at byte ${position + done}`,
        hint: 'the file is cut off; fetch or write it again',
      });
    }
    done += count;
  }
  return bytes;
}

/** Length of the JSON header as the first eight bytes state it, or Infinity beyond 2^53. */
function statedHeaderLength(start: Uint8Array): number {
  if (start.length < LENGTH_BYTES) return 0;
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  return length > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(length);
}

function readNamed(
  header: SafetensorsHeader,
  name: string,
  path: string,
  bytesAt: (start: number, length: number) => Uint8Array,
): StoredTensor {
  const entry = header.entries.get(name);
  if (entry === undefined) {
    const near = nearNames(name, [...header.entries.keys()]);
    throw new UserError('TENSOR_MISSING', {
      where: path,
      expected: `a tensor "${name}"`,
      found: `${header.entries.size} tensors, none of that name`,
      ...(near.length > 0 && { hint: `near names: ${near.join(', ')}` }),
    });
  }
  return tensorFromBytes(entry.dtype, entry.shape, bytesAt(entry.start, entry.end - entry.start));
}

/**
 * Opens a safetensors file and reads its header only; for checkpoints of which parts are wanted.
 *
 * @throws {UserError} `FILE_UNREADABLE`; `SAFETENSORS_DAMAGED`, saying what is wrong with the header.
 */
export function openSafetensors(path: string): SafetensorsFile {
  let file: number;
  let size: number;
  try {
    // Opening a pipe would wait for its writer.
    if (!statSync(path).isFile()) throw new Error('no regular file');
    file = openSync(path, 'r');
  } catch (error) {
    throw missingFile(path, error);
  }
  try {
    size = fstatSync(file).size;
    const start = readFully(file, Math.min(LENGTH_BYTES, size), 0, path);
    // A length that the file cannot hold, or no header should have, is refused by parseHeader, not allocated.
    const stated = Math.min(statedHeaderLength(start), HEADER_LIMIT + 1, Math.max(0, size - LENGTH_BYTES));
    const header = parseHeader(readFully(file, start.length + stated, 0, path), size, path);
    return {
      path,
      header,
      read: (name) => readNamed(header, name, path, (at, length) => readFully(file, length, at, path)),
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    if (error instanceof UserError) throw error;
    throw missingFile(path, error);
  }
}

/**
 * Reads a whole safetensors file, from disk or from memory.
 *
 * @param source Path, or the file's bytes; tensors share the memory of bytes where their alignment allows it.
 * @param label Names bytes in errors.
 * @throws {UserError} As `openSafetensors`.
 */
export function readSafetensors(
  source: string | Uint8Array,
  label = 'safetensors bytes',
): SafetensorsContents {
  const tensors = new Map<string, StoredTensor>();
  if (typeof source !== 'string') {
    const header = parseHeader(source, source.length, label);
    const bytesAt = (start: number, length: number) => source.subarray(start, start + length);
    for (const name of header.entries.keys()) tensors.set(name, readNamed(header, name, label, bytesAt));
    return { tensors, metadata: header.metadata };
  }
  const file = openSafetensors(source);
  try {
    for (const name of file.header.entries.keys()) tensors.set(name, file.read(name));
    return { tensors, metadata: file.header.metadata };
  } finally {
    file.close();
  }
}

type NamedTensors = ReadonlyMap<string, StoredTensor> | Readonly<Record<string, StoredTensor>>;

/** The pieces of a file in order: length and header, then each tensor's bytes. */
function encodeParts(tensors: NamedTensors, metadata: Readonly<Record<string, string>>): Uint8Array[] {
  const entries: [string, StoredTensor][] = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  // Wide elements first: every tensor then starts at a multiple of its element size. The sort is stable.
  entries.sort(([, a], [, b]) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype]);
  const rows: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) rows.push(['__metadata__', metadata]);
  const bodies: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    if (name === '__metadata__' || data.length !== elementCount(shape)) {
      throw new Error(`internal: tensor "${name}" of ${data.length} elements and shape [${shape}]`);
    }
    rows.push([name, { dtype, shape, data_offsets: [offset, offset + data.byteLength] }]);
    bodies.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  // Joined by hand: in an object, a tensor named "__proto__" would be lost and "0" would move to the front.
  const json = rows.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',');
  const text = Buffer.from(`{${json}}`);
  const padded = Math.ceil(text.length / 8) * 8;
  const head = Buffer.alloc(LENGTH_BYTES + padded, ' ');
  head.writeBigUInt64LE(BigInt(padded), 0);
  text.copy(head, LENGTH_BYTES);
  return [head, ...bodies];
}

/** A whole safetensors file in memory. Tensors of wide elements come first, else in the order given. */
export function encodeSafetensors(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return Buffer.concat(encodeParts(tensors, metadata));
}

/**
 * Writes a safetensors file under a temporary name, flushes it and renames it: a reader never sees half of it.
 *
 * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`, with the system's reason.
 */
export function writeSafetensors(
  path: string,
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): void {
  writeFileAtomic(path, encodeParts(tensors, metadata));
}
