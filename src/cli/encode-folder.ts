import { join } from 'node:path';
import { openPreparer } from '../data/index.ts';
import type { ImageEncoder } from '../methods/index.ts';
import { remark } from './command-options.ts';
import { testPicture, unlessUnreadable } from './picture-folder.ts';

/** Features of some pictures of a folder. */
export interface EncodedPictures {
  /** Names of the n pictures. */
  readonly names: readonly string[];
  /** [n, E], not normalised. */
  readonly features: Float32Array;
}

/**
 * Encodes a folder's pictures, a batch at a time and in order. Threads read, decode and resize while the engine
 * computes; of pictures, only some batches are held in memory. One that cannot be read is named on stderr and left
 * out. A caller that stops early ends the threads.
 *
 * @param names At least one.
 */
export async function* encodeFolder(
  folder: string,
  names: readonly string[],
  encoder: ImageEncoder,
): AsyncGenerator<EncodedPictures> {
  const { batch, resolution } = encoder;
  // Threads take longer to start than a few pictures to prepare.
  const preparer = openPreparer(names.length > batch ? undefined : 0);
  const load = (i: number) =>
    unlessUnreadable(() => preparer.prepare(testPicture(join(folder, names[i]!), resolution)));
  try {
    let seen = 0;
    for await (const { indices, features } of encoder.encodeBatches(names.length, load, preparer.ahead)) {
      if (indices.length > 0) yield { names: indices.map((i) => names[i]!), features };
      seen = Math.min(names.length, seen + batch);
      if (names.length > batch) remark(`${seen} of ${names.length} pictures`);
    }
  } finally {
    await preparer.close();
  }
}
