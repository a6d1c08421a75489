import { readSync } from 'node:fs';
import { damaged } from './errors.ts';

/** Node refuses single reads of 2 GiB and more. */
const CHUNK_BYTES = 2 ** 30;

/** An open file, read by range. */
export interface FileBytes {
  /** Names the file in errors. */
  readonly path: string;
  /** Bytes of the whole file when it was opened. */
  readonly size: number;
  /** @throws {UserError} TORCH_DAMAGED: the range does not lie within the file. */
  read(start: number, length: number): Uint8Array<ArrayBuffer>;
}

/** Reads ranges of an open file; memory is taken only for what the file has. */
export function fileBytes(file: number, size: number, path: string): FileBytes {
  return {
    path,
    size,
    read(start, length) {
      if (!Number.isSafeInteger(start) || start < 0 || !(length >= 0) || start + length > size) {
        throw damaged(path, `${length} bytes at ${start}`, `a file of ${size} bytes`);
      }
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const count = readSync(file, bytes, done, Math.min(CHUNK_BYTES, length - done), start + done);
        if (count === 0) throw damaged(path, `${size} bytes`, `the file ends at byte ${start + done}`);
        done += count;
      }
      return bytes;
    },
  };
}
