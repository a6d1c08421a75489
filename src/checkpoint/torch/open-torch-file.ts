import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearNames, UserError } from '../../config/index.ts';
import type { PickleValue } from '../../pickle/index.ts';
import type { TensorEntry, TensorFile } from '../tensor-file.ts';
import { damaged, shown, tooLarge } from './errors.ts';
import { fileBytes } from './file-bytes.ts';
import { isTorchFile } from './sniff.ts';
import { checkTensor, readTensor } from './tensor-layout.ts';
import { readTorchArchive, type TorchArchive } from './torch-archive.ts';
import type { TorchTensor } from './torch-values.ts';
import type { ZipRange } from './zip-directory.ts';

/** A file of PyTorch whose tensors are fetched one by one. Close it after use. */
export interface TorchFile extends TensorFile {
  /**
   * What stands beside the tensors by name, as data: CoOp's `epoch`, an optimiser's state, a module's attributes.
   * Dicts are Maps, lists and tuples arrays, objects of unknown classes a `Placeholder`.
   */
  readonly values: ReadonlyMap<string, PickleValue>;
}

/** Dense tensors may take more than the file has, expanded or shared ones, but not without end. */
const GROWTH_LIMIT = 4;
const GROWTH_ALLOWANCE = 256 << 20;

function unreadable(path: string, found: string, cause?: unknown): UserError {
  return new UserError('FILE_UNREADABLE', {
    where: path,
    expected: 'a file of PyTorch',
    found,
    hint: 'check the path',
    cause,
  });
}

function legacy(path: string): UserError {
  return new UserError('TORCH_LEGACY', {
    where: path,
    expected: 'a zip file, as torch.save writes since PyTorch 1.6',
    found: 'an older form: a bare pickle or a tar',
    hint: 'load it in PyTorch and torch.save its state dict again, or convert it to safetensors',
  });
}

/** Two storages may not claim the same bytes: no writer does that. */
function checkOverlap(ranges: ReadonlyMap<string, ZipRange>, path: string): void {
  const inOrder = [...ranges].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let previous = '';
  let covered = 0;
  for (const [name, { start, end }] of inOrder) {
    if (start < covered) {
      throw damaged(
        path,
        'storages one after the other',
        `${shown(name)} lies over ${shown(previous)} in the file`,
      );
    }
    if (end > start) [previous, covered] = [name, end];
  }
}

async function storageRanges(archive: TorchArchive, path: string): Promise<ReadonlyMap<string, ZipRange>> {
  const ranges = new Map<string, ZipRange>();
  for (const { storage } of archive.tensors.values()) {
    if (ranges.has(storage.entry)) continue;
    ranges.set(storage.entry, await archive.zip.stored(`${archive.prefix}${storage.entry}`));
  }
  checkOverlap(ranges, path);
  return ranges;
}

function checkTensors(
  { tensors }: TorchArchive,
  ranges: ReadonlyMap<string, ZipRange>,
  path: string,
  size: number,
): void {
  const limit = GROWTH_LIMIT * size + GROWTH_ALLOWANCE;
  let total = 0;
  for (const [name, tensor] of tensors) {
    total += checkTensor(`${path}: tensor ${shown(name)}`, tensor, ranges.get(tensor.storage.entry)!);
    if (!(total <= limit)) {
      throw tooLarge(
        `${path}: tensor ${shown(name)}`,
        `at most ${limit} bytes in dense tensors`,
        `${total} bytes`,
      );
    }
  }
}

function missing(path: string, name: string, tensors: ReadonlyMap<string, TorchTensor>): UserError {
  const near = nearNames(name, [...tensors.keys()]);
  return new UserError('TENSOR_MISSING', {
    where: path,
    expected: `a tensor ${shown(name)}`,
    found: `${tensors.size} tensors, none of that name`,
    ...(near.length > 0 && { hint: `near names: ${near.join(', ')}` }),
  });
}

async function openZip(file: number, size: number, path: string): Promise<TorchFile> {
  const start = new Uint8Array(512);
  const kind = isTorchFile(start.subarray(0, readSync(file, start, 0, start.length, 0)));
  if (kind === 'legacy') throw legacy(path);
  if (kind === null) throw damaged(path, 'a file of torch.save', 'something else by its first bytes');
  const bytes = fileBytes(file, size, path);
  const archive = await readTorchArchive(bytes);
  const ranges = await storageRanges(archive, path);
  checkTensors(archive, ranges, path, size);
  const entries = new Map<string, TensorEntry>();
  for (const [name, { dtype, shape }] of archive.tensors) entries.set(name, { dtype, shape });
  let open = true;
  return {
    path,
    format: archive.isScript ? 'TorchScript archive' : 'PyTorch state dict',
    entries,
    metadata: archive.activation === null ? {} : { activation: archive.activation },
    files: [resolve(path)],
    values: archive.values,
    read(name) {
      // The descriptor's number may belong to another file by now.
      if (!open) throw new Error(`internal: ${path} is read after it was closed`);
      const tensor = archive.tensors.get(name);
      if (tensor === undefined) throw missing(path, name, archive.tensors);
      return readTensor(`${path}: tensor ${shown(name)}`, tensor, ranges.get(tensor.storage.entry)!, bytes);
    },
    close() {
      if (open) closeSync(file);
      open = false;
    },
  };
}

/**
 * Opens a file of `torch.save` or `torch.jit.save` as PyTorch writes them since 1.6: a zip of any size, read by range.
 *
 * Entries are the tensors of a state dict, plain or under `state_dict`, `model_state_dict` or `model`, a `module.`
 * before all names removed; of a TorchScript archive its parameters and buffers. Views are made dense as they are
 * read. Nothing of the file is ever built, imported or called. `metadata.activation` is `quickgelu` or `gelu` where a
 * TorchScript archive's code shows which.
 *
 * @throws {UserError} FILE_UNREADABLE;
 *   TORCH_LEGACY: the form before PyTorch 1.6;
 *   TORCH_DAMAGED: cut off, no archive of PyTorch, or entries, sizes, offsets and checksums at odds;
 *   TORCH_COMPRESSED: packed again by another program; TORCH_BIG_ENDIAN;
 *   TORCH_TOO_LARGE: more of something than any checkpoint has;
 *   TORCH_NO_TENSORS: no state dict in it;
 *   TORCH_UNKNOWN_CLASS: the tensors depend on a class outside the closed list, which it names;
 *   PICKLE_REFUSED: an operation outside the closed list, with its name and position.
 */
export async function openTorchFile(path: string): Promise<TorchFile> {
  let file: number;
  let size: number;
  try {
    const stats = statSync(path);
    // Opening a pipe would wait for its writer.
    if (!stats.isFile()) throw unreadable(path, 'no regular file');
    size = stats.size;
    file = openSync(path, 'r');
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw unreadable(path, code === 'ENOENT' ? 'no such file' : code, error);
  }
  try {
    return await openZip(file, size, path);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
