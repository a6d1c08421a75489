import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../config/index.ts';
import { systemErrorCode } from '../files/index.ts';
import { openSafetensorsFile } from './safetensors-file.ts';
import { openSharded } from './sharded-file.ts';
import type { TensorFile } from './tensor-file.ts';
import { isTorchFile, openTorchFile } from './torch/index.ts';

/** Files that hold a folder's weights, the one to take first. Names of Hugging Face's and open_clip's downloads. */
const WEIGHT_FILES = [
  'model.safetensors',
  'model.safetensors.index.json',
  'open_clip_model.safetensors',
  'open_clip_pytorch_model.safetensors',
  'pytorch_model.bin',
  'open_clip_pytorch_model.bin',
  'pytorch_model.bin.index.json',
] as const;

/**
 * The file that opens a model's weights: the one that was given, or the one to take within a folder.
 * @throws {UserError} NO_WEIGHTS
 */
export function weightsFile(path: string): string {
  return statSync(path).isDirectory() ? weightsIn(path) : path;
}

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

function unreadable(path: string, found: string, cause?: unknown): UserError {
  return new UserError('FILE_UNREADABLE', {
    where: path,
    expected: 'a file of weights: safetensors or PyTorch',
    found,
    hint: 'check the path',
    cause,
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

async function openFile(path: string): Promise<TensorFile> {
  // Opening a pipe would wait for its writer.
  if (!statSync(path).isFile()) throw unreadable(path, 'no regular file');
  if (path.endsWith('.index.json')) return openSharded(path, openRegular);
  return isTorchFile(startOf(path)) === null ? openSafetensorsFile(path) : openTorchFile(path);
}

/** Opens a file, never a folder: shards lie beside their index. */
async function openRegular(path: string): Promise<TensorFile> {
  try {
    return await openFile(path);
  } catch (error) {
    const code = error instanceof UserError ? undefined : systemErrorCode(error);
    if (code === undefined) throw error;
    throw unreadable(path, code === 'ENOENT' ? 'no such file' : code, error);
  }
}

/**
 * Opens weights of any known format: a safetensors file, a file of PyTorch, an index of shards, or a folder that holds
 * one of them. The content decides, not the name's ending; only an index is known by its name.
 *
 * @throws {UserError} FILE_UNREADABLE, NO_WEIGHTS, and whatever the format's reader finds wrong.
 */
export async function openTensors(path: string): Promise<TensorFile> {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return openRegular(isFolder ? weightsIn(path) : path);
}
