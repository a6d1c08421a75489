import { readableName, type Tokenizer } from '../clip/index.ts';
import { UserError } from '../config/index.ts';
import { contextClasses, type FixedTokens, type LearnedPrompt } from './learned-prompt.ts';
import { TokenIndex } from './token-index.ts';

/** The vocabulary of the checkpoint a prompt is used with. */
export interface Vocabulary {
  readonly tokenizer: Tokenizer;
  /** [V, W] */
  readonly embeddings: Float32Array;
  readonly contextLength: number;
}

function otherCheckpoint(path: string, what: string): UserError {
  return new UserError('PROMPT_OTHER_CHECKPOINT', {
    where: `prompt ${path}`,
    expected: 'token embeddings of the given checkpoint',
    found: `${what} is none of them`,
    hint: 'give the checkpoint that the prompt was trained on with --checkpoint',
  });
}

/** The words of a class, from the ids that stand between context and end of text: its name and a full stop. */
function nameOf(ids: readonly number[], tokenizer: Tokenizer): string | null {
  const text = tokenizer.decode(ids);
  if (!text.endsWith('.')) return null;
  const name = text.slice(0, -1).trimEnd();
  const again = tokenizer.encode(`${name}.`);
  return again.length === ids.length && again.every((id, i) => id === ids[i]) ? name : null;
}

function recoverNames(path: string, tokens: FixedTokens, { tokenizer, embeddings }: Vocabulary): string[] {
  const width = embeddings.length / tokenizer.vocabSize;
  const index = new TokenIndex(embeddings, width);
  const { prefix, suffix, classCount, length } = tokens;
  for (let k = 0; prefix !== null && k < classCount; k++) {
    if (index.find(prefix.subarray(k * width, (k + 1) * width)) === tokenizer.sot) continue;
    throw otherCheckpoint(path, `row ${k} of token_prefix, the start of a text,`);
  }
  return Array.from({ length: classCount }, (_, k) => {
    const ids: number[] = [];
    for (let place = 0; place < length; place++) {
      const start = (k * length + place) * width;
      const id = index.find(suffix.subarray(start, start + width));
      if (id === null) throw otherCheckpoint(path, `place ${place} of class ${k} in token_suffix`);
      if (id === tokenizer.eot) break;
      ids.push(id);
    }
    const name = nameOf(ids, tokenizer);
    if (name !== null) return name;
    throw new UserError('PROMPT_CLASSES', {
      where: `prompt ${path}: class ${k}`,
      expected: 'the tokens of a class name and a full stop',
      found: JSON.stringify(tokenizer.decode(ids)),
      hint: 'give the class names with --classnames',
    });
  });
}

/**
 * The classes a prompt was learned for: from its configuration, or read off the token embeddings that CoOp's files
 * keep, then in lower case and with spaces around marks, as the tokens have them: the tokens are the same.
 *
 * @returns K names, or null where the file holds neither.
 * @throws {UserError} PROMPT_OTHER_CHECKPOINT: the file's embeddings are not this checkpoint's. PROMPT_CLASSES.
 */
export function learnedClasses(prompt: LearnedPrompt, vocabulary: Vocabulary): readonly string[] | null {
  if (prompt.classNames !== null) return prompt.classNames;
  return prompt.fixedTokens === null ? null : recoverNames(prompt.path, prompt.fixedTokens, vocabulary);
}

/**
 * Refuses names that a class-specific prompt has no context for: they must be those it was learned for, in their
 * order; case and spaces aside. A unified context serves any names.
 *
 * @param given Names that are asked for. @param learned Those of the prompt; null if nobody knows.
 * @throws {UserError} PROMPT_CLASSES
 */
export function checkClasses(
  prompt: LearnedPrompt,
  given: readonly string[],
  learned: readonly string[] | null,
  tokenizer: Tokenizer,
): void {
  const count = contextClasses(prompt);
  if (count === null) return;
  const refuse = (expected: string, found: string): never => {
    throw new UserError('PROMPT_CLASSES', {
      where: `class names for ${prompt.path}`,
      expected,
      found,
      hint: 'this prompt has a context for each of its own classes and serves no others; a unified one does',
    });
  };
  if (given.length !== count) refuse(`${count} classes, one a context`, `${given.length}`);
  const tokensOf = (name: string): string => tokenizer.encode(`${readableName(name)}.`).join();
  given.forEach((name, k) => {
    const own = learned?.[k];
    if (own === undefined || tokensOf(name) === tokensOf(own)) return;
    refuse(`${JSON.stringify(own)} as class ${k}`, JSON.stringify(name));
  });
}
