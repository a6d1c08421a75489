import type { Node } from '../ir/index.ts';
import { concat, constant, gather, reshape, slice } from '../ir/index.ts';
import { type Bins, binSequences } from './prompt-bins.ts';
import { encodePacked } from './prompt-encoder.ts';
import {
  cutLayout,
  type PromptLayout,
  packedOrder,
  sequenceLengths,
  withOwnStarts,
} from './prompt-layout.ts';
import { constantTokenRows, type TokenRows } from './prompt-rows.ts';
import { isContext } from './prompts.ts';
import type { TextWeights } from './text-weights.ts';

/**
 * Rows of x [N, E] or [G, N, E] in the prompts' own order, [K, E] or [G, K, E].
 * @param order The prompt of each row; −1 for a row that is none's.
 */
function inPromptOrder(x: Node, order: readonly number[], promptCount: number, groups: number | null): Node {
  if (order.length === promptCount && order.every((prompt, i) => prompt === i)) return x;
  const position = new Array<number>(promptCount);
  order.forEach((prompt, i) => {
    if (prompt >= 0) position[prompt] = i;
  });
  const [count, width] = x.shape.slice(-2) as [number, number];
  const places = Array.from({ length: groups ?? 1 }, (_, g) => position.map((row) => g * count + row)).flat();
  const rows = reshape(x, [(groups ?? 1) * count, width]);
  const ordered = gather(rows, constant(Int32Array.from(places), [places.length], 'prompt order'));
  return reshape(ordered, [...x.shape.slice(0, -2), promptCount, width]);
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
 * Bins for the attention of a narrow tower's prompts: few calls instead of some for every length. Not where suffixes
 * hold context vectors: those prompts are long, and alike.
 */
function binsOf(layout: PromptLayout, { architecture: { width } }: TextWeights): Bins | null {
  const apart = layout.ownStarts || layout.buckets.some(({ suffixes }) => suffixes[0]!.some(isContext));
  return width > NARROW || apart ? null : binSequences(sequenceLengths(layout), width);
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
  const own = layout.csc && ctx !== null && packed.some((prompt, i) => prompt !== i);
  const packedCtx = own
    ? gather(ctx, constant(Int32Array.from(packed), [packed.length], 'prompt order'))
    : ctx;
  // Rows that are fed belong to the layout as it is; groups were chosen to fit.
  const parts = tokenRows || groups !== null ? [layout] : pieces(layout, weights);
  const order: number[] = [];
  let first = 0;
  const features = parts.map((part) => {
    const from = first;
    first += part.promptCount;
    const contexts = layout.csc && packedCtx ? slice(packedCtx, 0, from, first) : packedCtx;
    const bins = tokenRows || ctx === null ? null : binsOf(part, weights);
    const places = bins?.sequences ?? Array.from({ length: part.promptCount }, (_, i) => i);
    order.push(...places.map((place) => (place < 0 ? place : packed[from + place]!)));
    const inputs = { ctx: contexts, groups, tokenRows: tokenRows ?? constantTokenRows(weights) };
    return encodePacked(part, weights, inputs, bins);
  });
  return inPromptOrder(concat(features, groups === null ? 0 : 1), order, packed.length, groups);
}
