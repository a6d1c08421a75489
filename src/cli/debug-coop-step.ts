import { Command, Option } from 'commander';
import {
  type Checkpoint,
  coopPrompts,
  layOutPrompts,
  logitScale,
  readTextWeights,
  Tokenizer,
} from '../clip/index.ts';
import { CLASS_TOKEN_POSITIONS, type ClassTokenPosition, UserError } from '../config/index.ts';
import { type CoOpStepSpec, compileCoOp } from '../methods/index.ts';
import { openModel } from './backbones.ts';
import { readClassNamesFile } from './class-names.ts';
import {
  addEngineOptions,
  addModelOptions,
  type EngineFlags,
  engineFrom,
  wholeNumber,
} from './command-options.ts';
import { floatTensor, prepareOutFile, TensorInput, writeTensors } from './tensor-files.ts';

interface StepFlags extends EngineFlags {
  readonly checkpoint: string;
  readonly classnames: string;
  readonly position: ClassTokenPosition;
  readonly classSpecific?: boolean;
  readonly tensors: string;
  readonly out: string;
  readonly chunks?: number;
}

interface StepInput {
  /** [M, W], or [K, M, W] class-specific. */
  readonly ctx: Float32Array;
  readonly ctxShape: readonly number[];
  readonly nCtx: number;
  /** [B, E] */
  readonly imageFeatures: Float32Array;
  readonly batchSize: number;
  /** [B] */
  readonly labels: Int32Array;
}

function readInput(flags: StepFlags, { architecture }: Checkpoint, classes: number): StepInput {
  const input = new TensorInput(flags.tensors);
  const { width } = architecture.text;
  const ctx = input.floats('ctx', flags.classSpecific ? [classes, 'M', width] : ['M', width]);
  const images = input.floats('image_features', ['B', architecture.embedDim]);
  const batchSize = images.shape[0]!;
  const { data: labels } = input.integers('labels', [batchSize]);
  input.close();
  const refuse = (name: string, expected: string, found: string): never => {
    throw new UserError('TENSOR_VALUES', { where: `${flags.tensors}: tensor "${name}"`, expected, found });
  };
  const nCtx = ctx.shape.at(-2)!;
  if (nCtx === 0) refuse('ctx', 'at least one context vector', `[${ctx.shape.join(', ')}]`);
  if (batchSize === 0) refuse('image_features', 'at least one row', 'none');
  const outside = labels.findIndex((label) => label < 0 || label >= classes);
  if (outside >= 0) {
    refuse(
      'labels',
      `labels from 0 to ${classes - 1}, for the ${classes} names of ${flags.classnames}`,
      `${labels[outside]} at ${outside}`,
    );
  }
  return { ctx: ctx.data, ctxShape: ctx.shape, nCtx, imageFeatures: images.data, batchSize, labels };
}

function stepSpec(
  checkpoint: Checkpoint,
  classNames: readonly string[],
  { position, classSpecific = false }: StepFlags,
  { nCtx, batchSize }: StepInput,
): CoOpStepSpec {
  const { contextLength, vocabSize } = checkpoint.architecture.text;
  const prompts = coopPrompts(new Tokenizer(vocabSize), classNames, { nCtx, position, contextLength });
  return {
    layout: layOutPrompts(prompts, classSpecific),
    text: readTextWeights(checkpoint.weights, checkpoint.architecture),
    logitScale: logitScale(checkpoint.weights),
    nCtx,
    batchSize,
    embedDim: checkpoint.architecture.embedDim,
  };
}

async function run(flags: StepFlags): Promise<void> {
  const engine = await engineFrom(flags);
  const checkpoint = await openModel(flags.checkpoint, 'checkpoint', flags);
  const classNames = readClassNamesFile(flags.classnames);
  const input = readInput(flags, checkpoint, classNames.length);
  const spec = stepSpec(checkpoint, classNames, flags, input);
  prepareOutFile(flags.out);
  const program = await compileCoOp(engine, spec, flags.chunks);
  const step = await program.step(input.ctx, input.imageFeatures, input.labels);
  await program.dispose();
  writeTensors(
    flags.out,
    new Map([
      ['logits', floatTensor([input.batchSize, classNames.length], step.logits)],
      ['loss', floatTensor([], Float32Array.of(step.loss))],
      ['ctx_grad', floatTensor(input.ctxShape, step.ctxGrad)],
    ]),
  );
}

/** `coop-bench debug coop-step`: one training step's numbers, to compare with other implementations. */
export function coopStepCommand(): Command {
  const command = new Command('coop-step')
    .description("CoOp's logits, loss and gradient of the context for given tensors; nothing is updated")
    .requiredOption(
      '--checkpoint <model>',
      'icon-clip-rn, RN50, ViT-B/16, …, hf:owner/name, a file or a folder',
    )
    .requiredOption('--classnames <file>', 'JSON list of the K class names; underscores become spaces')
    .addOption(
      new Option('--position <where>', 'place of the class name; middle puts ⌊M/2⌋ vectors before it')
        .choices([...CLASS_TOKEN_POSITIONS])
        .makeOptionMandatory(),
    )
    .option('--class-specific', 'every class has a context of its own')
    .requiredOption('--tensors <file>', 'safetensors file with what goes in')
    .requiredOption('--out <file>', 'safetensors file to write')
    .option(
      '--chunks <N>',
      'compute the classes in N parts, which takes less memory (default: as memory asks for)',
      wholeNumber('chunks', 1),
    );
  return addEngineOptions(addModelOptions(command))
    .addHelpText(
      'after',
      `
In (M context vectors, W text width, E embedding size, B pictures, K classes; any of them may be 1):
  ctx             [M, W], with --class-specific [K, M, W]  floats
  image_features  [B, E]                                   floats, not normalised
  labels          [B]                                      integers, 0 to K − 1

Out, float32:
  logits    [B, K]  exp(logit_scale) · cosine
  loss      []      mean cross-entropy
  ctx_grad  as ctx  gradient of the loss

Example:
  echo '["dog", "tiger_cat"]' > names.json
  npx coop-bench debug coop-step --checkpoint icon-clip-rn --classnames names.json --position end \\
    --tensors step.safetensors --out answer.safetensors`,
    )
    .action(run);
}
