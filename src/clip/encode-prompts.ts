import type { Node } from '../ir/index.ts';
import { concat, constant, gather, reshape, slice } from '../ir/index.ts';
import { encodePacked } from './prompt-encoder.ts';
import { cutLayout, type PromptLayout, packedOrder, withOwnStarts } from './prompt-layout.ts';
import { constantTokenRows, type TokenRows } from './prompt-rows.ts';
import type { TextWeights } from './text-weights.ts';

/** Rows of x [K, E] or [G, K, E], which stand in `packed` order, in the prompts' own. */
function inPromptOrder(x: Node, packed: readonly number[], groups: number | null): Node {
  const position = new Array<number>(packed.length);
  packed.forEach((prompt, i) => {
    position[prompt] = i;
  });
  const [count, width] = x.shape.slice(-2) as [number, number];
  const places = Array.from({ length: groups ?? 1 }, (_, g) => position.map((row) => g * count + row)).flat();
  const rows = reshape(x, [places.length, width]);
  return reshape(gather(rows, constant(Int32Array.from(places), [places.length], 'prompt order')), x.shape);
}

/** Towers up to this width spend more on moving rows about than on multiplying a few more of them. */
const NARROW = 256;

/**
 * Rows of a narrow tower that are taken through all its layers at a time: what lies between two operations then
 * stays in a core's cache.
 */
const ROWS_AT_A_TIME = 1024;

/**
 * Whether a start of text for each prompt is faster than one for all: where nothing else is shared, and prompts are
 * long.
 */
function startsApart({ buckets, prefix, promptCount }: PromptLayout): boolean {
  const rows = buckets.reduce((sum, { prompts, length }) => sum + prompts.length * length, 0);
  return prefix.length === 0 && rows >= 8 * promptCount;
}

/** The pieces that prompts are encoded in: one, or for a narrow tower as many as fit its cache. */
function pieces(layout: PromptLayout, { architecture: { width, vocabSize } }: TextWeights): PromptLayout[] {
  if (width > NARROW) return [layout];
  const started = startsApart(layout) ? withOwnStarts(layout, vocabSize - 2) : layout;
  return cutLayout(started, ROWS_AT_A_TIME);
}

/**
 * Text features of K prompts, computed for what differs between them only: the shared prefix once, suffixes
 * without padding, the last layer for EOT rows. Exact: equal to the padded encoding, as are its gradients.
 *
 * @param ctx [M, W] unified, [K, M, W] class-specific (in the prompts' order), or null without context. [G, M, W]
 *   for a layout that is not class-specific: all K prompts with each of G contexts, side by side in one graph.
 * @param tokenRows How token embeddings enter the graph; default: as constants.
 * @returns [K, E], not normalised, in the prompts' order; [G, K, E] for G contexts.
 */
export function encodePrompts(
  layout: PromptLayout,
  weights: TextWeights,
  ctx: Node | null,
  tokenRows?: TokenRows,
): Node {
  const groups = ctx !== null && !layout.csc && ctx.shape.length === 3 ? ctx.shape[0]! : null;
  const packed = packedOrder(layout);
  const inOrder = packed.every((prompt, i) => prompt === i);
  const own = layout.csc && ctx !== null && !inOrder;
  const packedCtx = own
    ? gather(ctx, constant(Int32Array.from(packed), [packed.length], 'prompt order'))
    : ctx;
  // Rows that are fed belong to the layout as it is; groups were chosen to fit.
  const parts = tokenRows || groups !== null ? [layout] : pieces(layout, weights);
  let first = 0;
  const features = parts.map((part) => {
    const from = first;
    first += part.promptCount;
    const contexts = layout.csc && packedCtx ? slice(packedCtx, 0, from, first) : packedCtx;
    return encodePacked(part, weights, {
      ctx: contexts,
      groups,
      tokenRows: tokenRows ?? constantTokenRows(weights),
    });
  });
  const all = concat(features, groups === null ? 0 : 1);
  return inOrder ? all : inPromptOrder(all, packed, groups);
}
