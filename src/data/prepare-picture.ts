import { move } from 'piscina';
import { UserError } from '../config/index.ts';
import { decodePicture } from './decode-picture.ts';
import { testTransform } from './transforms.ts';

/** What a thread is asked for. */
export interface PictureOrder {
  readonly path: string;
  /** R */
  readonly resolution: number;
}

/** What a person can act on, as data: an error loses its class between threads. */
export interface PictureProblem {
  readonly code: string;
  readonly message: string;
}

/** R × R × 3 bytes, or why there are none. */
export type PictureReply = Uint8Array | PictureProblem;

/** Reads, decodes and crops a test picture; its pixels are handed over to the asking thread, not copied. */
export async function preparePicture({ path, resolution }: PictureOrder): Promise<PictureReply> {
  try {
    const { data } = testTransform(await decodePicture(path), resolution);
    // A view of a larger buffer, such as Node's pool, cannot be given away.
    const own = data.byteLength === data.buffer.byteLength ? data : new Uint8Array(data);
    return move(own as Uint8Array<ArrayBuffer>) as Uint8Array;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { code: error.code, message: error.message };
  }
}
