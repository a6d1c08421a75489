import { readFileSync, renameSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { explainDiskError, systemErrorCode, writeFileAtomic } from '../files/index.ts';

const originSchema = z.object({
  /** Address that was asked, before redirects. */
  url: z.string(),
  /** Strong entity tag of the answer; null: none that could tell one version from another. */
  etag: z.string().nullable(),
});

/** Where the bytes of a part come from. */
export type Origin = z.infer<typeof originSchema>;

/**
 * What has come so far of a file: the bytes in `<target>.part`, where they are from in `<target>.part.json`.
 *
 * All methods throw UserError `DISK_FULL` or `FOLDER_NOT_WRITABLE` where the disk refuses.
 */
export class PartFile {
  readonly path: string;
  readonly #notePath: string;
  readonly #handle: FileHandle;
  #length: number;
  #origin: Origin | null;
  /** Answers of servers that the bytes were put together from. */
  #pieces: number;

  private constructor(path: string, handle: FileHandle, length: number, origin: Origin | null) {
    this.path = path;
    this.#notePath = noteOf(path);
    this.#handle = handle;
    this.#length = length;
    this.#origin = origin;
    // What an earlier process left may itself have been put together.
    this.#pieces = length > 0 ? 2 : 0;
  }

  /** Opens what is there of a file, or makes an empty part of it. Close it after use. */
  static async open(target: string): Promise<PartFile> {
    const path = `${target}.part`;
    try {
      const handle = await openForWriting(path);
      const { size } = await handle.stat();
      return new PartFile(path, handle, size, readOrigin(noteOf(path)));
    } catch (error) {
      throw explainDiskError('downloading a file', path, error);
    }
  }

  get length(): number {
    return this.#length;
  }

  get origin(): Origin | null {
    return this.#origin;
  }

  /** True if the bytes came in more than one answer, so that they might be of two versions. */
  get assembled(): boolean {
    return this.#pieces > 1;
  }

  /** Notes that the bytes from here on are an answer of this origin. */
  async beginPiece(origin: Origin): Promise<void> {
    this.#pieces++;
    if (this.#origin?.url === origin.url && this.#origin.etag === origin.etag) return;
    await this.#guard(async () => writeFileAtomic(this.#notePath, [`${JSON.stringify(origin)}\n`]));
    this.#origin = origin;
  }

  /** Adds bytes at the end. */
  async append(bytes: Uint8Array): Promise<void> {
    await this.#guard(async () => {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#length);
        done += bytesWritten;
        this.#length += bytesWritten;
      }
    });
  }

  /** Throws away what has come so far. */
  async startOver(): Promise<void> {
    await this.#guard(async () => {
      await this.#handle.truncate(0);
      rmSync(this.#notePath, { force: true });
    });
    this.#length = 0;
    this.#origin = null;
    this.#pieces = 0;
  }

  /** Makes the bytes durable. */
  async sync(): Promise<void> {
    await this.#guard(() => this.#handle.sync());
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** Gives the closed part its final name, in place of what may be there. */
  moveTo(target: string): void {
    try {
      renameSync(this.path, target);
      rmSync(this.#notePath, { force: true });
    } catch (error) {
      throw explainDiskError('downloading a file', target, error);
    }
  }

  /** Deletes the closed part. */
  remove(): void {
    rmSync(this.path, { force: true });
    rmSync(this.#notePath, { force: true });
  }

  async #guard(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      throw explainDiskError('downloading a file', this.path, error);
    }
  }
}

const noteOf = (part: string): string => `${part}.json`;

/** For reading and writing, made if missing, never cut: no single mode of `open` says this. */
async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return open(path, 'wx+');
  }
}

/** A note that cannot be read is none: the bytes are then of unknown origin. */
function readOrigin(path: string): Origin | null {
  try {
    return originSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
