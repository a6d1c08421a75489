import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../config/index.ts';
import { openSafetensorsFile, openShardedSafetensors } from './safetensors-file.ts';
import type { TensorFile } from './tensor-file.ts';
import { isTorchFile, openTorchFile } from './torch/index.ts';

/** Files that hold a folder's weights, the one to take first. Names of Hugging Face's and open_clip's downloads. */
export const WEIGHT_FILES = [
  'model.safetensors',
  'model.safetensors.index.json',
  'open_clip_model.safetensors',
  'open_clip_pytorch_model.safetensors',
  'pytorch_model.bin',
  'open_clip_pytorch_model.bin',
] as const;

/** The weights within a folder. @throws {UserError} NO_WEIGHTS */
function weightsIn(folder: string): string {
  const found = WEIGHT_FILES.find((name) => existsSync(join(folder, name)));
  if (found !== undefined) return join(folder, found);
  const names = readdirSync(folder);
  throw new UserError('NO_WEIGHTS', {
    where: `checkpoint ${folder}`,
    expected: `a folder with ${WEIGHT_FILES.join(', ')}`,
    found: names.length === 0 ? 'an empty folder' : names.slice(0, 8).join(', '),
    hint: 'name the file of the weights itself',
  });
}

/** First bytes of a file; fewer if it is shorter. */
function startOf(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(512);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

/**
 * Opens weights of any known format: a safetensors file, an index of safetensors shards, a file of PyTorch, or a
 * folder that holds one of them. The content decides, not the name's ending.
 *
 * @throws {UserError} FILE_UNREADABLE, NO_WEIGHTS, and whatever the format's reader finds wrong.
 */
export async function openTensors(path: string): Promise<TensorFile> {
  let start: Uint8Array;
  try {
    if (statSync(path).isDirectory()) return await openTensors(weightsIn(path));
    if (path.endsWith('.index.json')) return openShardedSafetensors(path);
    start = startOf(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UserError('FILE_UNREADABLE', {
      where: path,
      expected: 'a file of weights: safetensors or PyTorch',
      found: code === 'ENOENT' ? 'no such file' : code,
      hint: 'check the path',
      cause: error,
    });
  }
  return isTorchFile(start) === null ? openSafetensorsFile(path) : await openTorchFile(path);
}
