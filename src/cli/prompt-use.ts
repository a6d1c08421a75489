import { Option } from 'commander';
import { expectTensor } from '../checkpoint/index.ts';
import { type Checkpoint, Tokenizer } from '../clip/index.ts';
import { CLASS_TOKEN_POSITIONS, type ClassTokenPosition, UserError } from '../config/index.ts';
import { checkClasses, type LearnedPrompt, learnedClasses, type Vocabulary } from '../methods/index.ts';
import { readClassNames } from './class-names.ts';
import { remark } from './command-options.ts';

/** `--position`, for files that do not say it. */
export const positionOption = (): Option =>
  new Option(
    '--position <where>',
    "place of the class name, which CoOp's files do not say (default: end)",
  ).choices([...CLASS_TOKEN_POSITIONS]);

/** What a checkpoint's text is made of. */
export function vocabularyOf({ weights, architecture }: Checkpoint): Vocabulary {
  const { vocabSize, width, contextLength } = architecture.text;
  return {
    tokenizer: new Tokenizer(vocabSize),
    embeddings: expectTensor(weights, 'token_embedding.weight', [vocabSize, width]).data,
    contextLength,
  };
}

/**
 * The classes to tell apart: those given, else those the prompt was learned for.
 * @throws {UserError} CLASSES_NEEDED, PROMPT_CLASSES, PROMPT_OTHER_CHECKPOINT, CLASSNAMES_UNREADABLE
 */
export function classesFor(
  prompt: LearnedPrompt,
  vocabulary: Vocabulary,
  {
    classnames,
    anyCheckpoint = false,
  }: { classnames?: string | undefined; anyCheckpoint?: boolean | undefined },
): readonly string[] {
  const given = classnames === undefined ? null : readClassNames(classnames);
  // The embeddings in CoOp's files tell whether the checkpoint is the right one: they are looked at in any case.
  const learned = anyCheckpoint && given !== null ? prompt.classNames : learnedClasses(prompt, vocabulary);
  if (given !== null) checkClasses(prompt, given, learned, vocabulary.tokenizer);
  const names = given ?? learned;
  if (names !== null) return names;
  throw new UserError('CLASSES_NEEDED', {
    where: `prompt ${prompt.path}`,
    expected: '--classnames: the file does not hold the classes it was learned for',
    found: 'no --classnames',
  });
}

/**
 * Where the class name stands: as the prompt's file says, else as asked, else at the end.
 * @throws {UserError} BAD_OPTION: the file says otherwise.
 */
export function positionFor(
  prompt: LearnedPrompt,
  asked: ClassTokenPosition | undefined,
): ClassTokenPosition {
  if (prompt.position === null) {
    if (asked === undefined)
      remark(`${prompt.form} files do not say where the class name stands: taken as end`);
    return asked ?? 'end';
  }
  if (asked === undefined || asked === prompt.position) return prompt.position;
  throw new UserError('BAD_OPTION', {
    where: `--position ${asked}`,
    expected: `${prompt.position}, as ${prompt.path} was learned`,
    hint: 'leave --position out',
  });
}
