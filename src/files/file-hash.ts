import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** `git-sha1` is the name git gives a file: SHA-1 of `blob <size>\0` and the bytes. */
export type HashAlgorithm = 'sha256' | 'git-sha1';

const READ_BYTES = 2 ** 20;

/**
 * Hashes a file as it lies on disk.
 *
 * @returns Lower-case hexadecimal.
 * @throws The reason of `signal`, once it is aborted; errors of the file system as they are.
 */
export async function hashFile(
  path: string,
  algorithm: HashAlgorithm = 'sha256',
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1');
  if (algorithm === 'git-sha1') hash.update(`blob ${(await stat(path)).size}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    signal?.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('hex');
}
