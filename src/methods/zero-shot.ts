import {
  encodePrompts,
  fillTemplate,
  layOutPrompts,
  type TextWeights,
  type Tokenizer,
  textPrompts,
} from '../clip/index.ts';
import * as ir from '../ir/index.ts';
import type { Engine } from '../runtime/index.ts';
import type { SettingWords, Task } from './method.ts';
import { runOnce } from './run-once.ts';

/** More prompts than this are counted in words, not listed. */
const MOST_LISTED = 8;

/** Words for a setting that holds hand-made prompts. */
export const PROMPTS_WORDS: SettingWords<readonly string[]> = {
  name: 'prompts',
  value: (prompts) =>
    prompts.length > MOST_LISTED
      ? `${prompts.length}, from “${prompts[0]}” to “${prompts.at(-1)}”`
      : prompts.map((prompt) => `“${prompt}”`).join(', '),
};

/** Refuses templates that some class name makes too long. @throws {UserError} */
export function checkTemplates(templates: readonly string[], { classNames, text, tokenizer }: Task): void {
  for (const template of templates) {
    textPrompts(tokenizer, fillTemplate(template, classNames), text.architecture.contextLength);
  }
}

/** Divides every row of x [n, width] by its length, in place. */
export function normalizeRows(x: Float32Array, width: number): Float32Array {
  for (let start = 0; start < x.length; start += width) {
    let squares = 0;
    for (let i = start; i < start + width; i++) squares += x[i]! * x[i]!;
    const factor = 1 / Math.sqrt(squares);
    for (let i = start; i < start + width; i++) x[i]! *= factor;
  }
  return x;
}

/** Text features of plain texts: [n, E], not normalised. */
export async function encodeTexts(
  engine: Engine,
  text: TextWeights,
  tokenizer: Tokenizer,
  texts: readonly string[],
): Promise<Float32Array> {
  const layout = layOutPrompts(textPrompts(tokenizer, texts, text.architecture.contextLength));
  const fetched = await runOnce(engine, ir.makeGraph({ features: encodePrompts(layout, text, null) }), {});
  return fetched.features!;
}

/** Prompts of one graph, at most, where templates share one: compiling takes longer than encoding a few. */
const PROMPTS_A_GRAPH = 2048;

/**
 * Classifier of hand-made prompts: for each class the mean over the templates of its normalised text
 * features, normalised again.
 * @param templates `{}` stands for the class name.
 * @returns [K, E], rows of length 1.
 */
export async function zeroShotWeights(
  engine: Engine,
  text: TextWeights,
  tokenizer: Tokenizer,
  classNames: readonly string[],
  templates: readonly string[],
): Promise<Float32Array> {
  const width = text.projection.weight.shape[0]!;
  const sum = new Float32Array(classNames.length * width);
  const together = Math.max(1, Math.floor(PROMPTS_A_GRAPH / classNames.length));
  for (let first = 0; first < templates.length; first += together) {
    const texts = templates
      .slice(first, first + together)
      .flatMap((template) => fillTemplate(template, classNames));
    const features = normalizeRows(await encodeTexts(engine, text, tokenizer, texts), width);
    features.forEach((value, i) => {
      sum[i % sum.length]! += value;
    });
  }
  return normalizeRows(sum, width);
}
