import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { systemErrorCode, writeFileAtomic } from '../files/index.ts';
import { FEATURE_KEY_BYTES } from './key-index.ts';

// A shard file: 8 bytes magic; uint32 length of the header; the header as JSON, padded with spaces so that what
// follows starts at a multiple of 16; n keys of 16 bytes; n × E float32. All little-endian, keys as their bytes.
const MAGIC = Buffer.from('COOPFEA1', 'latin1');
const PREFIX_BYTES = MAGIC.length + 4;
const ALIGNMENT = 16;
const MAX_HEADER_BYTES = 4096;
const BLOCK_BYTES = 4 << 20;

const headerSchema = z.object({
  /** n, features in the file. */
  count: z.int().min(1),
  /** E, numbers in a feature. */
  dim: z.int().min(1),
  /** CRC-32 of the packed keys. */
  keysCrc32: z.int(),
  /** CRC-32 of the features' bytes. */
  featuresCrc32: z.int(),
});

/** Where the features of a shard stand on disk. */
export interface Shard {
  readonly path: string;
  readonly count: number;
  readonly dim: number;
  readonly featuresCrc32: number;
  /** Byte at which the features start. */
  readonly featuresAt: number;
}

/** A shard that cannot be used: cut off, changed, of another size, or gone. */
export class DamagedShardError extends Error {
  readonly code = 'FEATURE_SHARD_DAMAGED';

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.name = 'DamagedShardError';
  }
}

/**
 * Writes a shard, whole or not at all.
 *
 * @param keys n keys of 32 hexadecimal characters.
 * @param features [n, E], row by row.
 * @throws {UserError} `DISK_FULL` or `FOLDER_NOT_WRITABLE`.
 */
export function writeShard(path: string, keys: readonly string[], features: Float32Array, dim: number): void {
  const packedKeys = Buffer.from(keys.join(''), 'hex');
  const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
  const header: z.infer<typeof headerSchema> = {
    count: keys.length,
    dim,
    keysCrc32: crc32(packedKeys),
    featuresCrc32: crc32(bytes),
  };
  const text = JSON.stringify(header);
  const end = Math.ceil((PREFIX_BYTES + text.length) / ALIGNMENT) * ALIGNMENT;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(end - PREFIX_BYTES);
  writeFileAtomic(path, [MAGIC, length, text.padEnd(end - PREFIX_BYTES), packedKeys, bytes]);
}

/**
 * Reads header and keys of a shard and checks them and the file's size.
 *
 * @param dim E that the caller expects.
 * @returns The shard, and its keys as four big-endian words each.
 * @throws {DamagedShardError} The file is not a whole shard.
 * @throws {Error} It is a shard of another E: our own bug.
 */
export function openShard(path: string, dim: number): { readonly shard: Shard; readonly keys: Uint32Array } {
  return withFile(path, (file) => {
    const prefix = readExactly(file, path, 0, PREFIX_BYTES);
    if (!prefix.subarray(0, MAGIC.length).equals(MAGIC))
      throw new DamagedShardError(path, 'not a feature shard');
    const headerBytes = prefix.readUInt32LE(MAGIC.length);
    if (headerBytes > MAX_HEADER_BYTES) throw new DamagedShardError(path, 'its header is damaged');
    const header = parseHeader(path, readExactly(file, path, PREFIX_BYTES, headerBytes).toString('utf8'));
    const keysAt = PREFIX_BYTES + headerBytes;
    const featuresAt = keysAt + header.count * FEATURE_KEY_BYTES;
    const expected = featuresAt + header.count * header.dim * Float32Array.BYTES_PER_ELEMENT;
    const found = fstatSync(file).size;
    if (found !== expected) throw new DamagedShardError(path, `it has ${found} bytes, expected ${expected}`);
    const packed = readExactly(file, path, keysAt, featuresAt - keysAt);
    if (crc32(packed) !== header.keysCrc32) throw new DamagedShardError(path, 'its keys have changed');
    if (header.dim !== dim) {
      throw new Error(`internal: ${path} holds features of ${header.dim} numbers, not ${dim}`);
    }
    const { count, featuresCrc32 } = header;
    return { shard: { path, count, dim, featuresCrc32, featuresAt }, keys: bigEndianWords(packed) };
  });
}

/**
 * Checks the features of a shard against their checksum: one pass over the file.
 *
 * @throws {DamagedShardError} They have changed, or the file is gone.
 */
export function verifyShard(shard: Shard): void {
  withFile(shard.path, (file) => {
    const end = shard.featuresAt + shard.count * rowBytes(shard);
    let sum = 0;
    for (let at = shard.featuresAt; at < end; at += BLOCK_BYTES) {
      sum = crc32(readExactly(file, shard.path, at, Math.min(BLOCK_BYTES, end - at)), sum);
    }
    if (sum !== shard.featuresCrc32) throw new DamagedShardError(shard.path, 'its features have changed');
  });
}

/**
 * Copies rows of a shard into a larger matrix.
 *
 * @param rows Wanted rows, ascending.
 * @param places Row of `into` for each of them.
 * @param into [·, E].
 * @throws {DamagedShardError} The file is cut off or gone.
 */
export function readRows(
  shard: Shard,
  rows: readonly number[],
  places: readonly number[],
  into: Float32Array,
): void {
  const { dim } = shard;
  const bytesPerRow = rowBytes(shard);
  // Rows this near are read together with what lies between: one call to the system costs more than some bytes.
  const maxGap = Math.max(1, Math.floor((16 << 10) / bytesPerRow));
  const maxRows = Math.max(1, Math.floor(BLOCK_BYTES / bytesPerRow));
  withFile(shard.path, (file) => {
    for (let begin = 0, end = 0; begin < rows.length; begin = end) {
      const firstRow = rows[begin];
      end = begin + 1;
      while (end < rows.length && rows[end] - rows[end - 1] <= maxGap && rows[end] - firstRow < maxRows)
        end += 1;
      const byteCount = (rows[end - 1] - firstRow + 1) * bytesPerRow;
      const block = readExactly(file, shard.path, shard.featuresAt + firstRow * bytesPerRow, byteCount);
      const numbers = new Float32Array(
        block.buffer,
        block.byteOffset,
        byteCount / Float32Array.BYTES_PER_ELEMENT,
      );
      for (let i = begin; i < end; i++) {
        const from = (rows[i] - firstRow) * dim;
        into.set(numbers.subarray(from, from + dim), places[i] * dim);
      }
    }
  });
}

function rowBytes(shard: Shard): number {
  return shard.dim * Float32Array.BYTES_PER_ELEMENT;
}

function parseHeader(path: string, text: string): z.infer<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) {
      throw new DamagedShardError(path, 'its header is damaged');
    }
    throw error;
  }
}

function bigEndianWords(packed: Buffer): Uint32Array {
  packed.swap32();
  return new Uint32Array(packed.buffer, packed.byteOffset, packed.length / 4);
}

/** @returns A buffer with memory of its own, aligned for any typed array. */
function readExactly(file: number, path: string, position: number, length: number): Buffer {
  const buffer = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const read = readSync(file, buffer, done, length - done, position + done);
    if (read === 0) throw new DamagedShardError(path, `it ends at byte ${position + done}`);
    done += read;
  }
  return buffer;
}

function withFile<T>(path: string, use: (file: number) => T): T {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') throw new DamagedShardError(path, 'the file is gone');
    throw error;
  }
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}
