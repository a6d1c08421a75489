import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
import { encodeTorchFile } from '../checkpoint/index.ts';
import { UserError } from '../config/index.ts';
import { makeFolder, writeFileAtomic } from '../files/index.ts';
import { coopFormTensors, readPrompt } from '../methods/index.ts';
import { remark, wholeNumber } from './command-options.ts';
import { addCheckpointOptions, type CheckpointFlags, checkpointFor } from './prompt-checkpoint.ts';
import { COOP_FOLDER, locatePrompt } from './prompt-path.ts';
import { classesFor, vocabularyOf } from './prompt-use.ts';
import { prepareOutFile } from './tensor-files.ts';

interface ExportFlags extends CheckpointFlags {
  readonly prompt: string;
  readonly out: string;
  readonly classnames?: string;
  readonly epoch?: number;
}

/** A file is asked for by a name that CoOp's loader takes; all else is the folder of a run. */
const COOP_FILE = /^model-best\.pth\.tar$|^model\.pth\.tar-(\d+)$/;

async function run(flags: ExportFlags): Promise<void> {
  const prompt = await readPrompt(locatePrompt(flags.prompt));
  const named = COOP_FILE.exec(basename(flags.out));
  const epoch =
    flags.epoch ??
    (named?.[1] === undefined ? undefined : Number(named[1])) ??
    prompt.origin?.cell.method.epochs;
  if (epoch === undefined) {
    throw new UserError('BAD_OPTION', {
      where: `exporting ${prompt.path}`,
      expected: "--epoch N, which CoOp's files are named by: this one does not say it",
      found: 'none',
    });
  }
  const out = named === null ? join(flags.out, COOP_FOLDER, `model.pth.tar-${epoch}`) : flags.out;
  const checkpoint = await checkpointFor(prompt, flags);
  const vocabulary = vocabularyOf(checkpoint);
  checkpoint.close();
  const classNames = classesFor(prompt, vocabulary, flags);
  const { tokenizer, embeddings, contextLength } = vocabulary;
  const tensors = coopFormTensors(prompt, classNames, tokenizer, embeddings, contextLength);
  prepareOutFile(out);
  makeFolder(dirname(out));
  // Dassl's loaders read `epoch` and, the newer ones, `val_result`. No optimiser: there is nothing to resume.
  writeFileAtomic(out, [encodeTorchFile({ state_dict: tensors, epoch, val_result: null })]);
  remark(`${out}: ctx [${prompt.context.shape.join(', ')}], ${classNames.length} classes, epoch ${epoch}`);
}

/** `coop-bench prompt export`: a prompt in the form that CoOp's own code loads. */
export function promptExportCommand(): Command {
  const command = new Command('export')
    .description("write a learned prompt as CoOp's own code saves it")
    .requiredOption('--prompt <file|dir>', "a grid's prompt")
    .requiredOption(
      '--out <dir|file>',
      `folder to write ${COOP_FOLDER}/model.pth.tar-N into, or a file of such a name`,
    )
    .option('--classnames <file.json|a,b,…>', 'other classes, for a prompt with one context for all')
    .option(
      '--epoch <N>',
      'the number in the name (default: epochs it was trained for)',
      wholeNumber('epoch', 0),
    );
  return addCheckpointOptions(command)
    .addHelpText(
      'after',
      `
Holds state_dict with ctx, token_prefix and token_suffix (float32), and epoch; no optimiser. CoOp's train.py makes
the last two anew from its own class names and takes N_CTX, CSC and CLASS_TOKEN_POSITION from its configuration:
they must agree with the prompt's, and for a class-specific one the order of the classes too.

Example (then, with CoOp's code: train.py --eval-only --model-dir exported --load-epoch 50 …):
  npx coop-bench prompt export --prompt reports/fewshot/prompts/0123456789abcdef0123456789abcdef.safetensors --out exported`,
    )
    .action(run);
}
