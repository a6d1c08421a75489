import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { hashFile } from '../files/index.ts';

/**
 * Names weights by their bytes, hex.
 * @param files Of one file its SHA-256; of several the SHA-256 of the lines that `sha256sum` prints for their names.
 */
export async function weightsSha256(files: readonly string[]): Promise<string> {
  if (files.length === 1) return hashFile(files[0]!);
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${await hashFile(file)}  ${basename(file)}\n`);
  return hash.digest('hex');
}
