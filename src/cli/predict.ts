import { Command, Option } from 'commander';
import { type Checkpoint, logitScale, readTextWeights } from '../clip/index.ts';
import { type ClassTokenPosition, UserError } from '../config/index.ts';
import { writeFileAtomic } from '../files/index.ts';
import {
  ImageEncoder,
  ProbabilityHead,
  promptWeights,
  rankClasses,
  readPrompt,
  zeroShotWeights,
} from '../methods/index.ts';
import type { Engine } from '../runtime/index.ts';
import { DEFAULT_BACKBONE, openModel } from './backbones.ts';
import { readClassNames } from './class-names.ts';
import { addEngineOptions, type EngineFlags, engineFrom, remark, wholeNumber } from './command-options.ts';
import { encodeFolder } from './encode-folder.ts';
import { exitWith } from './exit.ts';
import { listPictures } from './picture-folder.ts';
import { type PredictionFormat, predictionHeader, predictionLines } from './predictions.ts';
import { addCheckpointOptions, type CheckpointFlags, checkpointFor } from './prompt-checkpoint.ts';
import { locatePrompt } from './prompt-path.ts';
import { classesFor, positionFor, positionOption, vocabularyOf } from './prompt-use.ts';
import { prepareOutFile } from './tensor-files.ts';

interface PredictFlags extends EngineFlags, CheckpointFlags {
  readonly prompt?: string;
  readonly template?: readonly string[];
  readonly images: string;
  readonly classnames?: string;
  readonly position?: ClassTokenPosition;
  readonly top: number;
  readonly json?: boolean;
  readonly out?: string;
}

/** A classifier of image features: K classes, weights [K, E] with rows of length 1. */
interface TextClassifier {
  readonly checkpoint: Checkpoint;
  readonly classNames: readonly string[];
  readonly weights: Float32Array;
}

async function learnedClassifier(path: string, flags: PredictFlags, engine: Engine): Promise<TextClassifier> {
  const prompt = await readPrompt(locatePrompt(path));
  const checkpoint = await checkpointFor(prompt, flags);
  const vocabulary = vocabularyOf(checkpoint);
  const classNames = classesFor(prompt, vocabulary, flags);
  const position = positionFor(prompt, flags.position);
  const text = readTextWeights(checkpoint.weights, checkpoint.architecture);
  const weights = await promptWeights(engine, text, vocabulary.tokenizer, prompt, position, classNames);
  return { checkpoint, classNames, weights };
}

async function writtenClassifier(
  templates: readonly string[],
  flags: PredictFlags,
  engine: Engine,
): Promise<TextClassifier> {
  const { classnames, checkpoint: name = DEFAULT_BACKBONE } = flags;
  if (classnames === undefined) {
    throw new UserError('BAD_OPTION', {
      where: '--template',
      expected: '--classnames beside it: the classes to tell apart',
      found: 'none',
    });
  }
  const without = templates.find((template) => !template.includes('{}'));
  if (without !== undefined) {
    throw new UserError('BAD_OPTION', {
      where: `--template ${JSON.stringify(without)}`,
      expected: 'a text with {} where the class name goes, e.g. "a photo of a {}."',
      found: 'no {}',
    });
  }
  const classNames = readClassNames(classnames);
  const checkpoint = await openModel(name, 'checkpoint');
  const text = readTextWeights(checkpoint.weights, checkpoint.architecture);
  const { tokenizer } = vocabularyOf(checkpoint);
  const weights = await zeroShotWeights(engine, text, tokenizer, classNames, templates);
  return { checkpoint, classNames, weights };
}

/** Probabilities of a folder's pictures, a batch at a time; pictures that cannot be read are named and left out. */
async function classifyPictures(
  { checkpoint, weights }: TextClassifier,
  engine: Engine,
  folder: string,
  names: readonly string[],
  found: (paths: readonly string[], probabilities: Float32Array) => void,
): Promise<void> {
  const encoder = await ImageEncoder.compile(engine, checkpoint);
  const { embedDim, batch } = encoder;
  const scale = logitScale(checkpoint.weights);
  const head = await ProbabilityHead.compile(engine, { weights, embedDim, logitScale: scale }, batch);
  for await (const encoded of encodeFolder(folder, names, encoder)) {
    found(encoded.names, await head.probabilities(encoded.features));
  }
  await encoder.dispose();
  await head.dispose();
}

async function run(flags: PredictFlags): Promise<void> {
  const { prompt, template, images, out } = flags;
  if ((prompt === undefined) === (template === undefined)) {
    throw new UserError('BAD_OPTION', {
      where: 'coop-bench predict',
      expected: '--prompt FILE, or --template TEXT with --classnames',
      found: prompt === undefined ? 'neither' : 'both',
    });
  }
  const engine = await engineFrom(flags);
  const names = listPictures(images);
  if (out !== undefined) prepareOutFile(out);
  const classifier =
    prompt === undefined
      ? await writtenClassifier(template as readonly string[], flags, engine)
      : await learnedClassifier(prompt, flags, engine);
  const { classNames } = classifier;
  const format: PredictionFormat = flags.json ? 'json' : 'csv';
  const top = Math.min(flags.top, classNames.length);
  const kept: string[] = [];
  const write = (text: string): void => {
    if (out === undefined) process.stdout.write(text);
    else kept.push(text);
  };
  write(predictionHeader(format, top));
  let classified = 0;
  await classifyPictures(classifier, engine, images, names, (paths, probabilities) => {
    const predictions = paths.map((path, i) => ({
      path,
      ranked: rankClasses(probabilities.subarray(i * classNames.length, (i + 1) * classNames.length), top),
    }));
    write(predictionLines(format, predictions, classNames));
    classified += paths.length;
  });
  if (out !== undefined) writeFileAtomic(out, kept);
  remark(`${classified} of ${names.length} pictures classified into ${classNames.length} classes`);
  if (classified < names.length) exitWith(1);
}

/** `coop-bench predict`: pictures classified with a learned prompt, or with a written one. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .description('classify pictures with a learned prompt, or with a hand-made one')
    .option('--prompt <file|dir>', "a grid's prompt, or CoOp's prompt_learner/model.pth.tar-N or run folder")
    .addOption(
      new Option(
        '--template <text...>',
        'hand-made prompt instead, {} for the class name; several are averaged',
      ).conflicts(['prompt', 'position', 'anyCheckpoint']),
    )
    .requiredOption('--images <dir>', 'folder of pictures; folders within are not searched')
    .option(
      '--classnames <file.json|a,b,…>',
      'classes to tell apart (default: those the prompt was learned for)',
    )
    .addOption(positionOption())
    .option('--top <K>', 'classes a picture', wholeNumber('top', 1), 1)
    .option('--json', 'one JSON object a line')
    .addOption(new Option('--csv', 'comma-separated values (default)').conflicts('json'))
    .option('--out <file>', 'write there, whole, instead of to stdout');
  return addEngineOptions(addCheckpointOptions(command))
    .addHelpText(
      'after',
      `
Pictures: files that end in jpg, jpeg, png, webp, gif, tif, tiff or bmp, by name in the order of code points;
  resized and cropped as test pictures are. One that cannot be read is named and left out, and the exit code is 1.
Probabilities: softmax of exp(logit_scale) · cosine over the classes.

Out, with --csv:   path,class_1,probability_1,… up to --top
     with --json:  {"path": …, "classes": [{"class": …, "label": …, "probability": …}, …]}

The prompt's file says which checkpoint it was learned with; another one is refused unless --any-checkpoint. CoOp's
own files do not name it: give --checkpoint, and --position unless the class name stands at the end. Their class
names are read off the file, in lower case. A prompt with one context for all classes also serves other classes
(--classnames); one with a context a class serves its own only.

Examples:
  npx coop-bench predict --prompt reports/fewshot/prompts/0123456789abcdef0123456789abcdef.safetensors --images photos
  npx coop-bench predict --prompt output/run/seed1 --checkpoint RN50.pt --images photos --top 5 --json
  npx coop-bench predict --template "a photo of a {}." --classnames "arrow,house,star" --images test/fixtures/preprocess`,
    )
    .action(run);
}
