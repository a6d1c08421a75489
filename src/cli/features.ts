import { Command, Option } from 'commander';
import type { StoredTensor } from '../checkpoint/index.ts';
import { type Checkpoint, encodeImages } from '../clip/index.ts';
import { UserError } from '../config/index.ts';
import { ImageEncoder } from '../methods/index.ts';
import type { Engine } from '../runtime/index.ts';
import { openModel } from './backbones.ts';
import { addEngineOptions, addModelOptions, type EngineFlags, engineFrom } from './command-options.ts';
import { encodeFolder } from './encode-folder.ts';
import { encodeTokenRows } from './encode-tokens.ts';
import { exitWith } from './exit.ts';
import { listPictures } from './picture-folder.ts';
import { runRows, takeRows } from './run-rows.ts';
import { floatTensor, prepareOutFile, TensorInput, writeTensors } from './tensor-files.ts';

interface FeatureFlags extends EngineFlags {
  readonly checkpoint: string;
  readonly tensors?: string;
  readonly images?: string;
  readonly out: string;
}

/** Picture values a run of the image tower takes at most: 32 pictures of 96 × 96, 8 of 224 × 224. */
const BATCH_VALUES = 8 * 3 * 224 ** 2;

async function featuresOfTensors(path: string, checkpoint: Checkpoint, engine: Engine) {
  const input = new TensorInput(path);
  const { vision, text, embedDim } = checkpoint.architecture;
  const { resolution } = vision;
  const made = new Map<string, StoredTensor>();
  if (input.rank('image') === null && input.rank('tokens') === null) {
    throw new UserError('TENSOR_MISSING', {
      where: path,
      expected: `a tensor "image" [N, 3, ${resolution}, ${resolution}] or "tokens" [N, ${text.contextLength}]`,
      found: input.names.length === 0 ? 'no tensors' : `only ${input.names.slice(0, 8).join(', ')}`,
    });
  }
  // Everything is read, and refused, before anything is computed.
  const image = input.rank('image') === null ? null : input.floats('image', ['N', 3, resolution, resolution]);
  const tokens = input.rank('tokens') === null ? null : input.integers('tokens', ['N', text.contextLength]);
  input.close();
  if (tokens !== null) {
    const where = `${path}: tensor "tokens"`;
    const features = await encodeTokenRows(engine, checkpoint, tokens, where);
    made.set('text_features', floatTensor([tokens.shape[0]!, embedDim], features));
  }
  if (image !== null) {
    const pixels = 3 * resolution ** 2;
    const features = await runRows(engine, {
      count: image.shape[0]!,
      batch: Math.max(1, Math.min(32, Math.floor(BATCH_VALUES / pixels))),
      width: embedDim,
      build: (rows) => encodeImages(checkpoint, rows),
      feeds: (start, rows) => ({ image: takeRows(image.data, pixels, start, rows) }),
    });
    made.set('image_features', floatTensor([image.shape[0]!, embedDim], features));
  }
  return made;
}

/** Features of a folder's pictures: [n, E] and the n names; pictures that cannot be read are left out. */
async function featuresOfPictures(
  folder: string,
  names: readonly string[],
  checkpoint: Checkpoint,
  engine: Engine,
): Promise<{ readonly features: Float32Array; readonly paths: readonly string[] }> {
  const encoder = await ImageEncoder.compile(engine, checkpoint);
  const features = new Float32Array(names.length * encoder.embedDim);
  const paths: string[] = [];
  for await (const encoded of encodeFolder(folder, names, encoder)) {
    features.set(encoded.features, paths.length * encoder.embedDim);
    paths.push(...encoded.names);
  }
  await encoder.dispose();
  return { features: features.subarray(0, paths.length * encoder.embedDim), paths };
}

async function run({ checkpoint: name, tensors, images, out, ...engineFlags }: FeatureFlags): Promise<void> {
  if (tensors === undefined && images === undefined) {
    throw new UserError('BAD_OPTION', {
      where: 'coop-bench features',
      expected: '--tensors FILE or --images DIR',
      found: 'neither',
    });
  }
  const engine = await engineFrom(engineFlags);
  const names = images === undefined ? [] : listPictures(images);
  const checkpoint = await openModel(name, 'checkpoint', engineFlags);
  prepareOutFile(out);
  if (images === undefined) {
    writeTensors(out, await featuresOfTensors(tensors as string, checkpoint, engine));
    return;
  }
  const { features, paths } = await featuresOfPictures(images, names, checkpoint, engine);
  const shape = [paths.length, checkpoint.architecture.embedDim];
  writeTensors(out, new Map([['image_features', floatTensor(shape, features)]]), {
    paths: JSON.stringify(paths),
  });
  if (paths.length < names.length) exitWith(1);
}

/** `coop-bench features`: CLIP's features of given tensors, or of the pictures in a folder. */
export function featuresCommand(): Command {
  const command = new Command('features')
    .description("CLIP's image and text features, not normalised, of given tensors or of a folder's pictures")
    .requiredOption(
      '--checkpoint <model>',
      'icon-clip-rn, RN50, ViT-B/16, …, hf:owner/name, a file or a folder',
    )
    .option('--tensors <file>', 'safetensors file with what goes in')
    .addOption(new Option('--images <dir>', 'folder of pictures instead of tensors').conflicts('tensors'))
    .requiredOption('--out <file>', 'safetensors file to write');
  return addEngineOptions(addModelOptions(command))
    .addHelpText(
      'after',
      `
In, with --tensors (one or both; N is any number, other tensors are ignored):
  image   [N, 3, R, R]  floats; R is the checkpoint's resolution; normalised with CLIP's mean and std
  tokens  [N, 77]       integers of any width, with start and end of text; what is behind the end is ignored.
                        The row read is that of the highest id, which is the end of text.
In, with --images: every picture of the folder itself (jpg, png, webp, gif, tif, bmp), by name in the order of
  code points; resized and cropped as test pictures are. One that cannot be read is named and left out, and
  the exit code is 1.

Out:
  image_features  [N, E]  float32, not normalised
  text_features   [N, E]  float32, not normalised
  With --images, the file's metadata has "paths": a JSON list of the N file names.

Examples:
  npx coop-bench features --checkpoint icon-clip-rn --tensors models/icon-clip-rn.expected.safetensors --out f.safetensors
  npx coop-bench features --checkpoint icon-clip-rn --images test/fixtures/preprocess --out f.safetensors`,
    )
    .action(run);
}
