import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';

/** SHA-256 of a file's bytes, hex. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * Names weights by their bytes, hex.
 * @param files Of one file its SHA-256; of several the SHA-256 of the lines that `sha256sum` prints for their names.
 */
export async function weightsSha256(files: readonly string[]): Promise<string> {
  if (files.length === 1) return fileSha256(files[0]!);
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${await fileSha256(file)}  ${basename(file)}\n`);
  return hash.digest('hex');
}
