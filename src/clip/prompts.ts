import { type ClassTokenPosition, UserError } from '../config/index.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * One element of a prompt behind SOT: a token's id (≥ 0), or context vector m, written ~m (< 0).
 * The last element is EOT.
 */
export type PromptElement = number;

/** A prompt, SOT left out. */
export type Prompt = readonly PromptElement[];

/** Context vector m as a prompt element, and back. */
export const contextElement = (m: number): PromptElement => ~m;
export const isContext = (element: PromptElement): boolean => element < 0;
export const contextIndex = (element: PromptElement): number => ~element;

function checkLength(prompt: Prompt, name: string, contextLength: number, nCtx: number): Prompt {
  if (prompt.length + 1 <= contextLength) return prompt;
  throw new UserError('PROMPT_TOO_LONG', {
    where: `prompt of ${JSON.stringify(name)}`,
    expected: `at most ${contextLength} tokens`,
    found: `${prompt.length + 1} tokens${nCtx > 0 ? `, ${nCtx} of them context` : ''}`,
    hint: nCtx > 0 ? 'use fewer context vectors, or shorten the class name' : 'shorten the text',
  });
}

/** Underscores stand for spaces in class names. */
export const readableName = (className: string): string => className.replaceAll('_', ' ');

/**
 * The prompts of CoOp: SOT, context, class name, ".", EOT in the order `position` says.
 *
 * "middle" puts ⌊M/2⌋ context vectors before the name. The name is tokenised together with its full stop, and
 * cut where the bare name's tokens end, as in CoOp's trainers/coop.py: a name that ends in punctuation merges
 * with the full stop.
 *
 * @throws {UserError} PROMPT_TOO_LONG, naming the class.
 */
export function coopPrompts(
  tokenizer: Tokenizer,
  classNames: readonly string[],
  { nCtx, position, contextLength }: { nCtx: number; position: ClassTokenPosition; contextLength: number },
): Prompt[] {
  const context = Array.from({ length: nCtx }, (_, m) => contextElement(m));
  const half = Math.floor(nCtx / 2);
  return classNames.map((className) => {
    const name = readableName(className);
    const tokens = tokenizer.encode(`${name}.`);
    const nameLength = tokenizer.encode(name).length;
    const [bare, rest] = [tokens.slice(0, nameLength), [...tokens.slice(nameLength), tokenizer.eot]];
    const orders = {
      end: [...context, ...bare, ...rest],
      middle: [...context.slice(0, half), ...bare, ...context.slice(half), ...rest],
      front: [...bare, ...context, ...rest],
    } as const satisfies Record<ClassTokenPosition, Prompt>;
    return checkLength(orders[position], className, contextLength, nCtx);
  });
}

/** Plain texts as prompts. @throws {UserError} PROMPT_TOO_LONG, naming the text. */
export function textPrompts(tokenizer: Tokenizer, texts: readonly string[], contextLength: number): Prompt[] {
  return texts.map((text) => checkLength([...tokenizer.encode(text), tokenizer.eot], text, contextLength, 0));
}

/** Puts class names into a template: `{}` is replaced. */
export function fillTemplate(template: string, classNames: readonly string[]): string[] {
  // As a function: "$&" and the like in a name are ordinary letters.
  return classNames.map((name) => template.replaceAll('{}', () => readableName(name)));
}
