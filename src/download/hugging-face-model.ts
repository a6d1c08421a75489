import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../config/index.ts';
import { makeFolder, systemErrorCode, writeFileAtomic } from '../files/index.ts';
import { type DownloadEvent, downloadFile } from './download-file.ts';
import {
  type HubFile,
  type HubListing,
  type HuggingFaceAccess,
  hubHint,
  listHubFiles,
} from './hugging-face-api.ts';
import { type HuggingFaceName, isCommit } from './hugging-face-name.ts';
import type { RetrySettings } from './retry.ts';

/** Say what a model computes; taken where they are there. */
const SMALL_FILES = ['config.json', 'open_clip_config.json', 'preprocessor_config.json'];
/** Weights in the order of preference; an index names the files that the tensors are divided among. */
const INDEX = 'model.safetensors.index.json';
const WEIGHTS = [
  'model.safetensors',
  INDEX,
  'open_clip_model.safetensors',
  'open_clip_pytorch_model.safetensors',
  'pytorch_model.bin',
  'open_clip_pytorch_model.bin',
];
/** Files of an index lie beside it: no folders, nothing hidden, no way out. */
const SHARD = /^\w[\w.-]*\.safetensors$/;
const PLAIN_NAME = /^\w[\w.-]*$/;
/** Written last: a folder that has it is complete. */
const MANIFEST = 'download.json';

const manifestSchema = z.object({
  commit: z.string(),
  weights: z.string().regex(PLAIN_NAME),
  files: z
    .array(z.object({ name: z.string().regex(PLAIN_NAME), size: z.number(), digest: z.string() }))
    .min(1),
});

/** What lies in a complete folder. */
export type HuggingFaceManifest = z.infer<typeof manifestSchema>;

/** Options of `downloadHuggingFace`. */
export interface HuggingFaceDownload extends RetrySettings {
  readonly stallMs?: number;
  readonly signal: AbortSignal;
  /** `file` is null for the question which files there are. */
  readonly onEvent?: (
    event: DownloadEvent,
    file: { readonly name: string; readonly size: number } | null,
  ) => void;
}

/** Folder of all that is kept of a model, below the cache folder. */
const modelFolder = (cache: string, { owner, name }: HuggingFaceName): string =>
  join(cache, 'checkpoints', 'hf', owner, name);

/** The file that says which commit a branch or tag was when it was downloaded. */
const refFile = (cache: string, model: HuggingFaceName): string =>
  join(modelFolder(cache, model), 'refs', `${encodeURIComponent(model.revision)}.txt`);

/**
 * Fetches a model's configuration and weights into `<cache>/checkpoints/hf/<owner>/<name>/<commit>`.
 *
 * @returns The folder and what is in it.
 * @throws {UserError} As `downloadFile` and `listHubFiles`; HUB_NO_WEIGHTS, HUB_BAD_INDEX.
 */
export async function downloadHuggingFace(
  model: HuggingFaceName,
  cache: string,
  access: HuggingFaceAccess,
  options: HuggingFaceDownload,
): Promise<{ readonly folder: string; readonly manifest: HuggingFaceManifest }> {
  const { signal, onEvent = () => {} } = options;
  const listing = await listHubFiles(model, access, {
    ...options,
    onRetry: (notice) => onEvent({ kind: 'retry', ...notice }, null),
  });
  const { commit, files } = listing;
  const folder = join(modelFolder(cache, model), commit);
  const weights = chooseWeights(model, listing);
  const done: HubFile[] = [];
  const fetchOne = async (file: HubFile): Promise<void> => {
    await downloadFile({
      ...options,
      client: access.client,
      url: `${access.endpoint}/${model.owner}/${model.name}/resolve/${commit}/${file.name}`,
      path: join(folder, file.name),
      digest: file.digest,
      size: file.size,
      token: access.token,
      signal,
      hint: hubHint(model, access.token),
      onEvent: (event) => onEvent(event, file),
    });
    done.push(file);
  };
  for (const name of [...SMALL_FILES.filter((name) => files.has(name)), weights]) {
    await fetchOne(files.get(name)!);
  }
  if (weights === INDEX) {
    for (const shard of readIndex(join(folder, INDEX), files)) await fetchOne(shard);
  }
  const manifest: HuggingFaceManifest = {
    commit,
    weights,
    files: done.map(({ name, size, digest }) => ({
      name,
      size,
      digest: `${digest.algorithm}:${digest.hex}`,
    })),
  };
  writeFileAtomic(join(folder, MANIFEST), [`${JSON.stringify(manifest, null, 1)}\n`]);
  if (!isCommit(model.revision)) {
    makeFolder(join(modelFolder(cache, model), 'refs'));
    writeFileAtomic(refFile(cache, model), [`${commit}\n`]);
  }
  return { folder, manifest };
}

function chooseWeights({ owner, name }: HuggingFaceName, { commit, files }: HubListing): string {
  const found = WEIGHTS.find((file) => files.has(file));
  if (found !== undefined) return found;
  const names = [...files.keys()].filter((file) => !/^(\.gitattributes|README\.md)$/.test(file)).slice(0, 12);
  throw new UserError('HUB_NO_WEIGHTS', {
    where: `hf:${owner}/${name}, commit ${commit}`,
    expected: `one of ${WEIGHTS.join(', ')}`,
    found: names.length === 0 ? 'no files' : names.map((file) => JSON.stringify(file)).join(', '),
    hint: 'download the weights by hand and give their path',
  });
}

/** The files that an index divides the tensors among, each once. */
function readIndex(path: string, files: ReadonlyMap<string, HubFile>): HubFile[] {
  const bad = (found: string): UserError =>
    new UserError('HUB_BAD_INDEX', {
      where: path,
      expected: 'a weight_map from tensors to .safetensors files of the same folder',
      found,
      hint: 'the model was uploaded in a form that is not understood; download its weights by hand',
    });
  let names: string[];
  try {
    const schema = z.object({ weight_map: z.record(z.string(), z.string()) });
    names = [...new Set(Object.values(schema.parse(JSON.parse(readFileSync(path, 'utf8'))).weight_map))];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) throw bad('something else');
    throw error;
  }
  return names.sort().map((name) => {
    const file = SHARD.test(name) ? files.get(name) : undefined;
    if (file === undefined) throw bad(`${JSON.stringify(name.slice(0, 100))}, which is no such file`);
    return file;
  });
}

/**
 * Folder of a model that was downloaded completely, or null. Asks no server.
 *
 * @param cache The cache folder.
 */
export function findHuggingFace(
  model: HuggingFaceName,
  cache: string,
): { readonly folder: string; readonly manifest: HuggingFaceManifest } | null {
  const commit = isCommit(model.revision) ? model.revision : read(refFile(cache, model))?.trim();
  if (commit === undefined || !isCommit(commit)) return null;
  const folder = join(modelFolder(cache, model), commit);
  const text = read(join(folder, MANIFEST));
  if (text === null) return null;
  let manifest: HuggingFaceManifest;
  try {
    manifest = manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
  const whole = manifest.files.every(
    ({ name, size }) => statSync(join(folder, name), { throwIfNoEntry: false })?.size === size,
  );
  return whole ? { folder, manifest } : null;
}

function read(path: string): string | null {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}
