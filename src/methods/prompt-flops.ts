import {
  fillTemplate,
  layOutPrompts,
  type Prompt,
  type PromptLayout,
  packedRows,
  type TextArchitecture,
  textPrompts,
} from '../clip/index.ts';
import type { TaskSize } from './method.ts';

type Sizes = Pick<TextArchitecture, 'layers' | 'width'>;

/**
 * Operations counted for a step of CoOp, forward and gradient: 4·((L−1)·12·W²·N + 2·W²·N + 10·W²·K), the products
 * with weights of L layers of width W over N rows and, in the last layer, K.
 */
export function stepFlops(layout: PromptLayout, { layers, width }: Sizes): number {
  const rows = packedRows(layout);
  return 4 * width ** 2 * ((layers - 1) * 12 * rows + 2 * rows + 10 * layout.promptCount);
}

/** Operations counted for encoding prompts once, forward only. */
export function promptFlops(prompts: readonly Prompt[], csc: boolean, text: Sizes): number {
  return stepFlops(layOutPrompts(prompts, csc), text) / 2;
}

/** Operations counted for the text features of hand-made prompts: every class under every template. */
export function templateFlops(
  templates: readonly string[],
  { classNames, text, tokenizer }: Pick<TaskSize, 'classNames' | 'text' | 'tokenizer'>,
): number {
  const flops = templates.map((template) =>
    promptFlops(textPrompts(tokenizer, fillTemplate(template, classNames), text.contextLength), false, text),
  );
  return flops.reduce((sum, of) => sum + of, 0);
}
