import { UserError } from '../../config/index.ts';
import type { PickleValue } from '../../pickle/index.ts';
import { damaged } from './errors.ts';
import type { FileBytes } from './file-bytes.ts';
import { type FoundTensors, findModuleTensors, findStateDict } from './find-tensors.ts';
import { readPickle } from './read-pickle.ts';
import { scriptActivation } from './script-activation.ts';
import { checkTensor, readTensor } from './tensor-layout.ts';
import { readZipDirectory, type ZipDirectory } from './zip-directory.ts';

/** Most bytes of a pickle: a thousand tensors take some 100 kB. */
const PICKLE_LIMIT = 64 << 20;
/** Most bytes of a TorchScript archive's code in one file and in all. */
const CODE_LIMIT = 4 << 20;
const ALL_CODE_LIMIT = 32 << 20;

/** What a zip of `torch.save` or `torch.jit.save` holds; the tensors' numbers are still on disk. */
export interface TorchArchive extends FoundTensors {
  readonly zip: ZipDirectory;
  /** Folder within the zip that everything lies in, with a slash. */
  readonly prefix: string;
  /** Whether it holds a TorchScript module rather than Python's objects. */
  readonly isScript: boolean;
  readonly activation: 'quickgelu' | 'gelu' | null;
}

function archivePrefix(zip: ZipDirectory, where: string): string {
  const pickles = zip.names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length === 1) return pickles[0]!.slice(0, -'data.pkl'.length);
  throw damaged(where, 'one data.pkl in the zip, as torch.save writes it', `${pickles.length} of them`);
}

async function checkByteOrder(zip: ZipDirectory, prefix: string, where: string): Promise<void> {
  // Files before PyTorch 2.1 have no such entry; they are little-endian by all who write them.
  const name = [`${prefix}byteorder`, `${prefix}.data/byteorder`].find((entry) => zip.has(entry));
  if (name === undefined) return;
  const order = Buffer.from(await zip.contents(name, 64))
    .toString('latin1')
    .trim();
  if (order === 'little') return;
  throw new UserError('TORCH_BIG_ENDIAN', {
    where,
    expected: 'little-endian numbers',
    found: JSON.stringify(order),
    hint: 'load it in PyTorch on any usual machine and save it again with torch.save',
  });
}

async function readEntryPickle(
  zip: ZipDirectory,
  name: string,
  folder: string,
  path: string,
): Promise<PickleValue> {
  return readPickle(await zip.contents(name, PICKLE_LIMIT), folder, `${path}: ${name}`);
}

async function activationOf(
  zip: ZipDirectory,
  prefix: string,
  file: FileBytes,
): Promise<TorchArchive['activation']> {
  const code: string[] = [];
  let total = 0;
  for (const name of zip.names) {
    if (!name.startsWith(`${prefix}code/`) || !name.endsWith('.py')) continue;
    const bytes = await zip.contents(name, CODE_LIMIT);
    total += bytes.length;
    // So much code is no CLIP's; its activation then counts as unknown.
    if (total > ALL_CODE_LIMIT) return null;
    code.push(Buffer.from(bytes).toString('utf8'));
  }
  const constants = await readEntryPickle(zip, `${prefix}constants.pkl`, 'constants', file.path);
  const ranges = new Map<string, Awaited<ReturnType<ZipDirectory['stored']>>>();
  for (const name of zip.names) {
    if (/^constants\/\d+$/.test(name.slice(prefix.length))) ranges.set(name, await zip.stored(name));
  }
  return scriptActivation(code, constants, (tensor) => {
    const range = ranges.get(`${prefix}${tensor.storage.entry}`);
    if (range === undefined) return null;
    const where = `${file.path}: constant ${tensor.storage.entry}`;
    checkTensor(where, tensor, range);
    return readTensor(where, tensor, range, file);
  });
}

/**
 * Reads all of an archive but its tensors' numbers.
 *
 * @throws {UserError} As `openTorchFile`.
 */
export async function readTorchArchive(file: FileBytes): Promise<TorchArchive> {
  const { path } = file;
  const zip = await readZipDirectory(file);
  const prefix = archivePrefix(zip, path);
  await checkByteOrder(zip, prefix, path);
  const root = await readEntryPickle(zip, `${prefix}data.pkl`, 'data', path);
  const isScript = zip.has(`${prefix}constants.pkl`);
  const found = isScript ? findModuleTensors(root, path) : findStateDict(root, path);
  return {
    ...found,
    zip,
    prefix,
    isScript,
    activation: isScript ? await activationOf(zip, prefix, file) : null,
  };
}
