import { crc32, inflateRawSync } from 'node:zlib';
import yauzl from 'yauzl';
import { UserError } from '../../config/index.ts';
import { damaged, shown, tooLarge } from './errors.ts';
import type { FileBytes } from './file-bytes.ts';

/** More entries than any checkpoint has; the largest CLIPs with an optimiser have some thousands. */
const ENTRY_LIMIT = 100_000;

/** Bytes of an entry within the file. */
export interface ZipRange {
  readonly start: number;
  readonly end: number;
  /** Checksum of the bytes; 0 where the writer computed none, as PyTorch may be told to. */
  readonly crc32: number;
}

/** The entries of a zip file. Names are only ever looked up: nothing is written under them. */
export interface ZipDirectory {
  readonly names: readonly string[];
  has(name: string): boolean;
  /**
   * Where an uncompressed entry lies.
   * @throws {UserError} TORCH_DAMAGED: no such entry, or beyond the file; TORCH_COMPRESSED.
   */
  stored(name: string): Promise<ZipRange>;
  /**
   * A small entry's bytes, inflated if need be, its checksum compared.
   * @param limit The most bytes it may have.
   * @throws {UserError} TORCH_DAMAGED; TORCH_TOO_LARGE; TORCH_COMPRESSED: by another method than deflate.
   */
  contents(name: string, limit: number): Promise<Uint8Array>;
}

/** Lets yauzl read through `FileBytes`: a position that a damaged directory makes up is an error, not an exception. */
class Reader extends yauzl.RandomAccessReader {
  readonly #bytes: FileBytes;

  constructor(bytes: FileBytes) {
    super();
    this.#bytes = bytes;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, count?: number) => void,
  ): void {
    let problem: Error | null = null;
    try {
      buffer.set(this.#bytes.read(position, length), offset);
    } catch (error) {
      problem = error instanceof Error ? error : new Error(String(error));
    }
    // Not at once: yauzl would go through all entries in one ever deeper call.
    queueMicrotask(() => callback(problem, length));
  }
}

function zipError(where: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return damaged(where, 'a zip file as torch.save writes it', reason.slice(0, 200), error);
}

function compressed(where: string, method: number): UserError {
  return new UserError('TORCH_COMPRESSED', {
    where,
    expected: 'uncompressed data, as torch.save writes it',
    found: `compression method ${method}`,
    hint: 'the file was packed again by another program; unpack it and pack it without compression (zip -0)',
  });
}

/** Compares a checksum. @throws {UserError} TORCH_DAMAGED */
export function checkCrc(where: string, bytes: Uint8Array, expected: number): void {
  if (expected === 0) return;
  const found = crc32(bytes);
  if (found === expected) return;
  throw damaged(
    where,
    `bytes of checksum ${expected.toString(16)}`,
    `bytes of checksum ${found.toString(16)}`,
  );
}

/**
 * Reads the directory at a zip file's end, zip64 included.
 *
 * @throws {UserError} TORCH_DAMAGED: no zip, cut off, names that climb out of their folder or stand twice;
 *   TORCH_TOO_LARGE: more entries than any checkpoint has.
 */
export async function readZipDirectory(file: FileBytes): Promise<ZipDirectory> {
  const { path } = file;
  const entries = new Map<string, yauzl.Entry>();
  let zip: yauzl.ZipFile;
  try {
    zip = await yauzl.fromRandomAccessReaderPromise(new Reader(file), file.size, { autoClose: false });
    if (zip.entryCount > ENTRY_LIMIT) {
      throw tooLarge(path, `at most ${ENTRY_LIMIT} entries in the zip`, String(zip.entryCount));
    }
    for await (const entry of zip.eachEntry()) {
      const { fileName: name } = entry;
      if (entries.has(name)) throw damaged(path, 'entries of different names', `two of ${shown(name)}`);
      entries.set(name, entry);
    }
  } catch (error) {
    throw zipError(path, error);
  }

  const entryOf = (name: string): yauzl.Entry => {
    const entry = entries.get(name);
    if (entry === undefined) throw damaged(path, `an entry ${shown(name)} in the zip`, 'no such entry');
    return entry;
  };
  const rangeOf = async (entry: yauzl.Entry): Promise<ZipRange> => {
    try {
      const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      return { start, end: start + entry.compressedSize, crc32: entry.crc32 };
    } catch (error) {
      throw zipError(`${path}: ${shown(entry.fileName)}`, error);
    }
  };
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    async stored(name) {
      const entry = entryOf(name);
      const where = `${path}: ${shown(name)}`;
      if (entry.isEncrypted()) throw damaged(where, 'plain data', 'encrypted data');
      if (entry.compressionMethod !== 0) throw compressed(where, entry.compressionMethod);
      return rangeOf(entry);
    },
    async contents(name, limit) {
      const entry = entryOf(name);
      const where = `${path}: ${shown(name)}`;
      const { compressionMethod: method, uncompressedSize: size } = entry;
      if (Math.max(size, entry.compressedSize) > limit) {
        throw tooLarge(where, `at most ${limit} bytes`, `${size} bytes`);
      }
      if (entry.isEncrypted()) throw damaged(where, 'plain data', 'encrypted data');
      if (method !== 0 && method !== 8) throw compressed(where, method);
      const { start, end } = await rangeOf(entry);
      let bytes: Uint8Array = file.read(start, end - start);
      if (method === 8) {
        try {
          // Inflating stops at the stated size, so that a zip bomb costs no more than it states.
          bytes = inflateRawSync(bytes, { maxOutputLength: Math.max(size, 1) });
        } catch (error) {
          throw zipError(where, error);
        }
        if (bytes.length !== size) throw damaged(where, `${size} bytes`, `${bytes.length} bytes`);
      }
      checkCrc(where, bytes, entry.crc32);
      return bytes;
    },
  };
}
