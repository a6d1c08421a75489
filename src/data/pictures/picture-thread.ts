import { move } from 'piscina';
import { UserError } from '../../config/index.ts';
import { limit } from './limit.ts';
import { type PictureRequest, viewPicture } from './picture-view.ts';

/** What a person can act on, as data: an Error loses its class and its fields on the way between threads. */
export interface PictureRefusal {
  readonly code: string;
  readonly message: string;
}

/** [S, S, 3] bytes, or why there are none. */
export type PictureReply = Uint8Array | PictureRefusal;

/** One is decoded, by native code beside this thread, while another is resized; more would only hold memory. */
const atOnce = limit(2);

/** Makes a view in this thread; its pixels are handed over, not copied. */
export async function answerRequest(request: PictureRequest): Promise<PictureReply> {
  try {
    const { data } = await atOnce(() => viewPicture(request));
    // A view of a larger buffer, such as Node's pool, cannot be given away.
    const own = data.byteLength === data.buffer.byteLength ? data : new Uint8Array(data);
    return move(own as Uint8Array<ArrayBuffer>) as Uint8Array;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { code: error.code, message: error.message };
  }
}
