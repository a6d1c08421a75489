import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Activation,
  PUBLISHED_MODELS,
  type StateDict,
  unusualFacts,
  weightsSha256,
} from '../checkpoint/index.ts';
import { type Checkpoint, encodeImages, openCheckpoint } from '../clip/index.ts';
import { nearNames, UserError } from '../config/index.ts';
import { graphFlops, makeGraph } from '../ir/index.ts';
import { type Backbone, watchInterrupt } from '../runner/index.ts';
import { cacheFolder } from './cache-folder.ts';
import { remark } from './command-options.ts';
import { downloadModel, findDownloaded, isDownloadable } from './download-model.ts';
import { downloadProgress } from './download-progress.ts';
import { InterruptedError } from './exit.ts';

/** Models that come with the program. */
const EMBEDDED = { 'icon-clip-rn': 'models/icon-clip-rn.safetensors' } as const;

export const DEFAULT_BACKBONE = 'icon-clip-rn';

const isEmbedded = (name: string): name is keyof typeof EMBEDDED => Object.hasOwn(EMBEDDED, name);

/** A backbone that was found and not measured yet. */
export type LocatedBackbone = Omit<Backbone, 'size' | 'imageWeights'>;

/** How a model is looked for. */
export interface ModelSearch {
  /** `--cache`, for models that are downloaded. */
  readonly cache?: string | undefined;
  /** `--activation`, over what the files say. */
  readonly activation?: Activation | undefined;
  /** Where remarks for a person go; default: a line on stderr. */
  readonly say?: ((line: string) => void) | undefined;
}

/** Fetches a published model with its progress on stderr. */
async function fetchModel(name: string, cache: string, say: (line: string) => void): Promise<string> {
  const interrupt = watchInterrupt();
  const progress = downloadProgress('auto');
  try {
    say(`${name} is not in ${cache} yet: fetching it`);
    const { path } = await downloadModel(name, { cache, signal: interrupt.signal, onEvent: progress.handle });
    return path;
  } catch (error) {
    if (!interrupt.signal.aborted || error instanceof UserError) throw error;
    throw new InterruptedError(
      'stopped; what has come so far is kept, and the same command goes on from there',
    );
  } finally {
    progress.close();
    interrupt.dispose();
  }
}

/**
 * Path of a checkpoint: an embedded model's, a published one's, which is fetched if it is not there, or the path
 * that was given.
 * @param flag The option it was given with, for the message; null: as an argument.
 * @throws {UserError} UNKNOWN_BACKBONE, and whatever stops a download.
 */
export async function locateCheckpoint(
  name: string,
  flag: string | null,
  { cache, say = remark }: ModelSearch = {},
): Promise<string> {
  if (isEmbedded(name)) return fileURLToPath(new URL(`../../${EMBEDDED[name]}`, import.meta.url));
  if (isDownloadable(name)) {
    const folder = cacheFolder(cache);
    return findDownloaded(name, folder) ?? (await fetchModel(name, folder, say));
  }
  if (existsSync(name)) return resolve(name);
  const names = [...Object.keys(EMBEDDED), ...PUBLISHED_MODELS.map((model) => model.name)];
  const near = nearNames(name, names);
  throw new UserError('UNKNOWN_BACKBONE', {
    where: flag === null ? `model ${JSON.stringify(name)}` : `--${flag} ${name}`,
    expected: `${Object.keys(EMBEDDED).join(', ')}, a published model's name, hf:owner/name, or a path`,
    found: 'no such name, file or folder',
    hint:
      near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : 'coop-bench checkpoint list names the published models',
  });
}

/** OpenAI's own models, and the embedded one, are known by what they are; of other bare tensors nothing is. */
const hasKnownActivation = (name: string, { facts }: Checkpoint): boolean =>
  facts.activationKnown || isEmbedded(name) || isPublishedByOpenai(name);

const isPublishedByOpenai = (name: string): boolean =>
  PUBLISHED_MODELS.some((model) => model.name === name && model.publisher === 'openai');

/** What a person should know of an activation that was guessed. */
const guessText = ({ text: { activation }, activationSource }: Checkpoint['facts']): string =>
  activation === 'quickgelu'
    ? "taken to have QuickGELU, as OpenAI's models; if it was trained with plain GELU, as most of " +
      "open_clip's, give --activation gelu"
    : `taken to have plain GELU, ${activationSource}; if it was trained with QuickGELU, give --activation quickgelu`;

/**
 * Opens a model by name or path; says so if its activation had to be assumed.
 * @throws {UserError} As `locateCheckpoint` and `openCheckpoint`.
 */
export async function openModel(name: string, flag: string, search: ModelSearch = {}): Promise<Checkpoint> {
  const checkpoint = await openCheckpoint(await locateCheckpoint(name, flag, search), search.activation);
  if (!hasKnownActivation(name, checkpoint)) {
    (search.say ?? remark)(`${name}: ${guessText(checkpoint.facts)}`);
  }
  return checkpoint;
}

/** What work and memory with a model are counted from. */
export type ModelCosts = Pick<Backbone, 'size' | 'imageWeights'>;

/** Numbers of the image tower. */
function visualWeights({ names, shapeOf }: StateDict): number {
  const visual = [...names].filter((name) => name.startsWith('visual.'));
  return visual.reduce((sum, name) => sum + shapeOf(name).reduce((product, size) => product * size, 1), 0);
}

/** What work with a model is counted from. */
export function modelCosts(checkpoint: Checkpoint): ModelCosts {
  const { embedDim, text } = checkpoint.architecture;
  const pictureFlops = graphFlops(makeGraph({ features: encodeImages(checkpoint, 1) }));
  return { size: { embedDim, text, pictureFlops }, imageWeights: visualWeights(checkpoint.weights) };
}

/**
 * Finds a backbone by name or path and opens it once, so that a bad file is refused before any work.
 * @throws {UserError} UNKNOWN_BACKBONE, and whatever is wrong with the checkpoint.
 */
export async function resolveBackbone(name: string, search: ModelSearch = {}): Promise<LocatedBackbone> {
  const checkpoint = await openModel(name, 'backbone', search);
  checkpoint.close();
  return {
    name: isDownloadable(name) ? name.replace(/^hf:/, '') : checkpoint.name,
    sha256: await weightsSha256(checkpoint.files),
    path: checkpoint.path,
    activation: search.activation ?? null,
    settings: unusualFacts(checkpoint.facts),
  };
}
