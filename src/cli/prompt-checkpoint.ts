import { type Command, Option } from 'commander';
import { ACTIVATIONS, type Activation, unusualFacts, weightsSha256 } from '../checkpoint/index.ts';
import { type Checkpoint, openCheckpoint } from '../clip/index.ts';
import { type BackboneIdentity, canonicalJson, UserError } from '../config/index.ts';
import type { LearnedPrompt } from '../methods/index.ts';
import { locateCheckpoint, openModel } from './backbones.ts';
import { cacheFolder } from './cache-folder.ts';
import { addModelOptions, remark } from './command-options.ts';
import { findDownloaded, isDownloadable } from './download-model.ts';

/** What `addCheckpointOptions` parses. */
export interface CheckpointFlags {
  readonly activation?: Activation;
  readonly cache?: string;
  readonly checkpoint?: string;
  readonly anyCheckpoint?: boolean;
}

/** Adds `--checkpoint`, `--any-checkpoint`, `--activation` and `--cache`. */
export function addCheckpointOptions(command: Command): Command {
  return addModelOptions(
    command
      .option(
        '--checkpoint <model>',
        'the CLIP the prompt was learned with: a name, a file or a folder (default: as the prompt says)',
      )
      .addOption(
        new Option(
          '--any-checkpoint',
          'take other weights than the prompt was learned with, e.g. the same in another format',
        ),
      ),
  );
}

/**
 * Path of the model a prompt names, where it comes with the program, was downloaded, or is the path of a file.
 * Nothing is fetched for a name that only a file says.
 */
async function findLearned(prompt: LearnedPrompt, { cache }: CheckpointFlags): Promise<string> {
  const { backbone, path } = prompt;
  const needed = (found: string, hint: string, cause?: unknown): UserError =>
    new UserError('CHECKPOINT_NEEDED', {
      where: `prompt ${path}`,
      expected:
        backbone === null
          ? 'the checkpoint it was learned with: this file does not name it'
          : `the checkpoint it was learned with: ${backbone.name}, SHA-256 ${backbone.sha256}`,
      found,
      hint,
      ...(cause === undefined ? {} : { cause }),
    });
  if (backbone === null) throw needed('no --checkpoint', 'name it with --checkpoint');
  const { name } = backbone;
  if (isDownloadable(name)) {
    const folder = cacheFolder(cache);
    const found = findDownloaded(name, folder);
    if (found !== null) return found;
    throw needed(`not in ${folder}`, `--checkpoint ${name} fetches it`);
  }
  // A model from the hub is recorded without the mark of its place.
  const fromHub = name.includes('/') ? findDownloaded(`hf:${name}`, cacheFolder(cache)) : null;
  if (fromHub !== null) return fromHub;
  try {
    return await locateCheckpoint(name, 'checkpoint');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw needed('no model of this name here', 'give its file or folder with --checkpoint', error);
  }
}

/** Opens a checkpoint as the prompt's was opened: a run may have been told the activation. Null: as no other. */
async function openAsLearned(
  path: string,
  { settings }: BackboneIdentity,
  { activation }: CheckpointFlags,
): Promise<Checkpoint | null> {
  const wanted = canonicalJson(settings ?? null);
  for (const told of activation === undefined ? [undefined, ...ACTIVATIONS] : [activation]) {
    const checkpoint = await openCheckpoint(path, told);
    if (canonicalJson(unusualFacts(checkpoint.facts)) === wanted) return checkpoint;
    checkpoint.close();
  }
  return null;
}

async function openChecked(
  path: string,
  prompt: LearnedPrompt,
  backbone: BackboneIdentity,
  flags: CheckpointFlags,
): Promise<Checkpoint> {
  const learned = await openAsLearned(path, backbone, flags);
  const checkpoint = learned ?? (await openCheckpoint(path, flags.activation));
  const sha256 = await weightsSha256(checkpoint.files);
  if (learned !== null && sha256 === backbone.sha256) return learned;
  const [expected, found] =
    sha256 === backbone.sha256
      ? [
          `settings ${canonicalJson(backbone.settings ?? null)}`,
          canonicalJson(unusualFacts(checkpoint.facts)),
        ]
      : [`${backbone.name}, SHA-256 ${backbone.sha256}`, `SHA-256 ${sha256}`];
  if (flags.anyCheckpoint) {
    remark(`not the checkpoint the prompt was learned with: ${found} instead of ${expected}`);
    return checkpoint;
  }
  checkpoint.close();
  throw new UserError('OTHER_CHECKPOINT', {
    where: `checkpoint ${path} for prompt ${prompt.path}`,
    expected,
    found,
    hint: 'the checkpoint the prompt was learned with; --any-checkpoint takes this one all the same, e.g. if it holds the same weights in another format',
  });
}

/**
 * Opens the checkpoint a prompt is used with: the one that was asked for, else the one the prompt names.
 * @throws {UserError} CHECKPOINT_NEEDED; OTHER_CHECKPOINT: other weights; PROMPT_WIDTH: the vectors do not fit;
 *   whatever is wrong with the checkpoint.
 */
export async function checkpointFor(prompt: LearnedPrompt, flags: CheckpointFlags): Promise<Checkpoint> {
  const { backbone } = prompt;
  let checkpoint: Checkpoint;
  if (backbone === null && flags.checkpoint !== undefined) {
    checkpoint = await openModel(flags.checkpoint, 'checkpoint', flags);
  } else {
    const path =
      flags.checkpoint === undefined
        ? await findLearned(prompt, flags)
        : await locateCheckpoint(flags.checkpoint, 'checkpoint', flags);
    checkpoint = await openChecked(path, prompt, backbone as BackboneIdentity, flags);
  }
  const { width } = checkpoint.architecture.text;
  if (width === prompt.width) return checkpoint;
  checkpoint.close();
  throw new UserError('PROMPT_WIDTH', {
    where: `prompt ${prompt.path} with checkpoint ${checkpoint.path}`,
    expected: `context vectors of ${width} numbers, the checkpoint's text width`,
    found: `${prompt.width} numbers`,
    hint: 'give the checkpoint the prompt was learned with',
  });
}
