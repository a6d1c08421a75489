import { join } from 'node:path';
import { PicturePool, type RgbImage } from '../data/index.ts';
import type { ImageEncoder } from '../methods/index.ts';
import { remark } from './command-options.ts';

/** Features of some pictures of a folder. */
export interface EncodedPictures {
  /** Names of the n pictures. */
  readonly names: readonly string[];
  /** [n, E], not normalised. */
  readonly features: Float32Array;
}

/** Batches that are prepared or under way while one is encoded. */
const BATCHES_AHEAD = 3;

/**
 * Encodes a folder's pictures, a batch at a time and in order. Threads read, decode and resize while the engine
 * computes. A picture that cannot be read is named on stderr and left out.
 */
export async function* encodeFolder(
  folder: string,
  names: readonly string[],
  encoder: ImageEncoder,
): AsyncGenerator<EncodedPictures> {
  const { batch, resolution } = encoder;
  const pool = new PicturePool();
  let ready: { readonly name: string; readonly image: RgbImage }[] = [];
  const encode = async (): Promise<EncodedPictures> => {
    const pictures = ready;
    ready = [];
    const features = await encoder.encode(pictures.length, async (i) => pictures[i]!.image);
    return { names: pictures.map(({ name }) => name), features };
  };
  try {
    let seen = 0;
    const paths = names.map((name) => join(folder, name));
    for await (const { image, problem } of pool.inOrder(paths, resolution, (1 + BATCHES_AHEAD) * batch)) {
      const name = names[seen++] as string;
      if (problem !== null) remark(`left out: ${problem.message}`);
      else ready.push({ name, image });
      if (ready.length < batch) continue;
      yield await encode();
      if (names.length > batch) remark(`${seen} of ${names.length} pictures`);
    }
    if (ready.length > 0) yield await encode();
  } finally {
    await pool.close();
  }
}
