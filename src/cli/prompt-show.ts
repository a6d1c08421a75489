import { Command } from 'commander';
import { type LearnedPrompt, learnedClasses, methodTitle, readPrompt } from '../methods/index.ts';
import { addCheckpointOptions, type CheckpointFlags, checkpointFor } from './prompt-checkpoint.ts';
import { locatePrompt } from './prompt-path.ts';
import { vocabularyOf } from './prompt-use.ts';

interface ShowFlags extends CheckpointFlags {
  readonly json?: boolean;
}

/** The classes; those of CoOp's files need a checkpoint to be read off. */
async function classesOf(prompt: LearnedPrompt, flags: ShowFlags): Promise<readonly string[] | null> {
  if (prompt.classNames !== null || flags.checkpoint === undefined) return prompt.classNames;
  const checkpoint = await checkpointFor(prompt, flags);
  const vocabulary = vocabularyOf(checkpoint);
  checkpoint.close();
  return learnedClasses(prompt, vocabulary);
}

function text(prompt: LearnedPrompt, classNames: readonly string[] | null): string {
  const { context, nCtx, csc, position, backbone, origin, fixedTokens } = prompt;
  const unsaid = 'the file does not say';
  const count = classNames?.length ?? fixedTokens?.classCount;
  const hidden = fixedTokens === null ? unsaid : 'names can be read off with --checkpoint';
  const classes = `${count ?? '?'}: ${classNames?.join(', ') ?? hidden}`;
  const rows: (readonly [string, string])[] = [
    ['file', prompt.path],
    ['form', prompt.form],
    [
      'context',
      `${nCtx} vectors, ${csc ? 'a context a class' : 'one context for all classes'}, [${context.shape.join(', ')}]`,
    ],
    ['position', position ?? unsaid],
    ['backbone', backbone === null ? unsaid : `${backbone.name}, SHA-256 ${backbone.sha256}`],
    ['classes', classes],
  ];
  if (origin !== null) {
    const { dataset, method, shots, seed } = origin.cell;
    rows.push(
      ['learned on', `${dataset.key}, ${shots} shots, seed ${seed}, ${method.epochs} epochs`],
      ['method', methodTitle(method.key)],
      ['cell', origin.key],
    );
  }
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}\n`).join('');
}

async function run(path: string, flags: ShowFlags): Promise<void> {
  const prompt = await readPrompt(locatePrompt(path));
  const classNames = await classesOf(prompt, flags);
  if (!flags.json) {
    process.stdout.write(text(prompt, classNames));
    return;
  }
  const { form, context, nCtx, width, csc, position, backbone, origin } = prompt;
  const shown = {
    path: prompt.path,
    form,
    shape: context.shape,
    nCtx,
    width,
    csc,
    position,
    backbone,
    classNames,
  };
  process.stdout.write(
    `${JSON.stringify({ ...shown, key: origin?.key ?? null, cell: origin?.cell ?? null })}\n`,
  );
}

/** `coop-bench prompt show`: what a prompt's file says about it. */
export function promptShowCommand(): Command {
  const command = new Command('show')
    .description('what a learned prompt is: sizes, classes, and the configuration it was learned with')
    .argument('<file|dir>', "a grid's prompt, or CoOp's prompt_learner/model.pth.tar-N or run folder")
    .option('--json', 'everything as one JSON object, the whole configuration under "cell"');
  return addCheckpointOptions(command)
    .addHelpText(
      'after',
      `
"coop-bench words" prints the words near its vectors.

Example:
  npx coop-bench prompt show reports/fewshot/prompts/0123456789abcdef0123456789abcdef.safetensors`,
    )
    .action(run);
}
