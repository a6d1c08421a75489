import type { Node } from '../ir/index.ts';
import { add, broadcastTo, concat, constant, gather, reshape, slice, standardize } from '../ir/index.ts';
import type { FrozenBlock } from './frozen-block.ts';
import { type PackedBucket, packedAttention } from './packed-attention.ts';
import { type Bins, rowMask, slotMask } from './prompt-bins.ts';
import { type PromptLayout, sequenceLengths } from './prompt-layout.ts';
import { bucketInput, prefixInput, type RowInputs } from './prompt-rows.ts';
import type { TextWeights } from './text-weights.ts';
import { apply, mergeHeads, mlpResidual, splitHeads } from './transformer.ts';

/** How the rows of a block are laid out: P prefix rows, then the buckets' sequences. */
interface Rows {
  readonly heads: number;
  readonly prefixLength: number;
  readonly buckets: readonly PackedBucket[];
  /** Where the sequences of all buckets lie in the bins that are `buckets` then; null without bins. */
  readonly bins: Bins | null;
  /** G where there are as many contexts, each with all prompts: rows are [G, N, W]. Null: one, rows are [N, W]. */
  readonly groups: number | null;
}

/** Puts ranges of rows one behind the other; those that all groups share are repeated. */
function joined(parts: readonly Node[], { groups }: Rows): Node {
  if (groups === null) return concat(parts, 0);
  const grouped = parts.map((part) => broadcastTo(part, [groups, ...part.shape.slice(-2)]));
  return concat(grouped, 1);
}

/**
 * Splits projected rows [.., n, c · W] into c parts by heads: [H, n, d] each. Groups attend to themselves alone, as
 * heads do, so they count as further heads: [H · G, n, d].
 */
function headsOf(projected: Node, parts: number, { heads, groups }: Rows): Node[] {
  if (groups === null) return splitHeads(projected, parts, heads);
  const [count, columns] = projected.shape.slice(-2) as [number, number];
  const headWidth = columns / parts / heads;
  const shared = projected.shape.length === 2;
  const rows = shared ? projected : reshape(projected, [groups * count, columns]);
  return splitHeads(rows, parts, heads).map((part) => {
    const perGroup = shared
      ? broadcastTo(reshape(part, [heads, 1, count, headWidth]), [heads, groups, count, headWidth])
      : part;
    return reshape(perGroup, [heads * groups, count, headWidth]);
  });
}

/** The way back: [H, n, d] to rows [n, W], or [H · G, n, d] to [G, n, W]. */
function rowsOf(attended: Node, { heads, groups }: Rows): Node {
  if (groups === null) return mergeHeads(attended);
  const [, count, headWidth] = attended.shape as [number, number, number];
  const merged = mergeHeads(reshape(attended, [heads, groups * count, headWidth]));
  return reshape(merged, [groups, count, heads * headWidth]);
}

/**
 * A block over all packed rows, given in parts that stand one behind the other.
 * A part that does not depend on the context is computed when the graph is compiled, up to its queries, keys and
 * values, and takes no gradient.
 */
function packedBlock(parts: readonly Node[], block: FrozenBlock, rows: Rows): Node {
  const split = parts.map((part) =>
    headsOf(apply(standardize(part, block.epsilon), block.queryKeyValue), 3, rows),
  );
  const [q, k, v] = [0, 1, 2].map((i) =>
    concat(
      split.map((part) => part[i]!),
      1,
    ),
  ) as [Node, Node, Node];
  const attended = packedAttention(q, k, v, rows.prefixLength, rows.buckets, false);
  return mlpResidual(add(joined(parts, rows), apply(rowsOf(attended, rows), block.out)), block);
}

/** Rows of x [N, W] by their numbers, [n, W]; or of x [G, N, W] in every group, [G, n, W]. */
function pick(x: Node, numbers: readonly number[], groups: number | null): Node {
  const [count, width] = x.shape.slice(-2) as [number, number];
  const places = Array.from({ length: groups ?? 1 }, (_, g) => numbers.map((row) => g * count + row)).flat();
  const rows = reshape(x, [(groups ?? 1) * count, width]);
  const picked = gather(rows, constant(Int32Array.from(places), [places.length], 'rows'));
  return groups === null ? picked : reshape(picked, [groups, numbers.length, width]);
}

/** The last row of every sequence, or slot of a bin: [K, W], or [G, K, W]. */
function eotRows(x: Node, { prefixLength, buckets, bins, groups }: Rows): Node {
  if (bins !== null) {
    return pick(
      x,
      bins.lastRows.map((row) => prefixLength + row),
      groups,
    );
  }
  const lead = groups === null ? [] : [groups];
  const [axis, width] = [lead.length, x.shape.at(-1)!];
  let start = prefixLength;
  const last = buckets.map(({ count, length }) => {
    const bucket = reshape(slice(x, axis, start, start + count * length), [...lead, count, length, width]);
    start += count * length;
    return reshape(slice(bucket, axis + 1, length - 1, length), [...lead, count, width]);
  });
  return concat(last, axis);
}

/** The last block: keys and values of all rows, everything else for the EOT rows only. */
function lastBlock(x: Node, block: FrozenBlock, rows: Rows): Node {
  const normalized = standardize(x, block.epsilon);
  const [k, v] = headsOf(apply(normalized, block.keyValue), 2, rows) as [Node, Node];
  const [q] = headsOf(apply(eotRows(normalized, rows), block.query), 1, rows) as [Node];
  const attended = packedAttention(q, k, v, rows.prefixLength, rows.buckets, true);
  return mlpResidual(add(eotRows(x, rows), apply(rowsOf(attended, rows), block.out)), block);
}

/** Rows [n, W] of suffixes, sequence by sequence, as they lie in bins. A row that fills up is the first row again. */
function intoBins(rows: Node, lengths: readonly number[], { sequences, slotOfRow }: Bins): Node {
  const starts: number[] = [];
  lengths.reduce((start, length) => {
    starts.push(start);
    return start + length;
  }, 0);
  let place = 0;
  const numbers = slotOfRow.map((slot, row) => {
    place = slot >= 0 && slot === slotOfRow[row - 1] ? place + 1 : 0;
    return slot < 0 ? 0 : starts[sequences[slot]!]! + place;
  });
  return pick(rows, numbers, null);
}

/**
 * Text features of packed prompts: the shared prefix once, suffixes without padding, the last layer for EOT rows.
 *
 * @param bins Of the layout's sequences in packed order, where attention is to be computed by bins; the suffixes
 *   hold no context vectors then.
 * @param ctx As `encodePrompts` takes it; class-specific ones in packed order.
 * @param groups G where ctx is [G, M, W], else null.
 * @returns [K, E], not normalised, in packed order; [G, K, E] for G contexts. With bins in the order of their slots.
 */
export function encodePacked(
  layout: PromptLayout,
  weights: TextWeights,
  { ctx, groups, tokenRows }: Omit<RowInputs, 'weights'>,
  bins: Bins | null,
): Node {
  const { heads, vocabSize, epsilon } = weights.architecture;
  const rows: Rows = {
    heads,
    prefixLength: layout.ownStarts ? 0 : 1 + layout.prefix.length,
    buckets: bins
      ? [{ ...bins, bins: { slots: bins.slots, rowMask: rowMask(bins), slotMask: slotMask(bins) } }]
      : layout.buckets.map(({ prompts, length }) => ({ count: prompts.length, length })),
    bins,
    groups,
  };
  let first = 0;
  const suffixes = layout.buckets.map((bucket, index) => {
    const own = layout.csc && ctx ? slice(ctx, 0, first, first + bucket.prompts.length) : ctx;
    first += bucket.prompts.length;
    return bucketInput(bucket, index, rows.prefixLength, { weights, ctx: own, groups, tokenRows });
  });
  // Suffixes without context are the same for all groups; with it in some buckets only, they are repeated.
  const alike = suffixes.every(({ shape }) => shape.length === 2);
  const whole = alike ? concat(suffixes, 0) : joined(suffixes, rows);
  let parts: readonly Node[] = [bins ? intoBins(whole, sequenceLengths(layout), bins) : whole];
  if (!layout.ownStarts) {
    parts = [prefixInput(layout.prefix, vocabSize - 2, { weights, ctx, groups, tokenRows }), ...parts];
  }
  for (const block of weights.blocks.slice(0, -1)) parts = [packedBlock(parts, block, rows)];
  const eot = lastBlock(joined(parts, rows), weights.blocks.at(-1)!, rows);
  return apply(standardize(eot, epsilon), weights.projection);
}
