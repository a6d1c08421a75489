import type { Node } from '../ir/index.ts';
import { add, broadcastTo, concat, constant, gather, reshape, slice, standardize } from '../ir/index.ts';
import { type PackedBucket, packedAttention } from './packed-attention.ts';
import type { Bucket, PromptLayout } from './prompt-layout.ts';
import { contextIndex, isContext, type Prompt } from './prompts.ts';
import type { TextWeights } from './text-weights.ts';
import { apply, type BlockWeights, mergeHeads, mlpResidual, splitHeads } from './transformer.ts';

/** A maximal run of tokens, or of consecutive context vectors, within a prompt. */
interface Segment {
  readonly context: boolean;
  readonly start: number;
  readonly end: number;
}

function segmentsOf(prompt: Prompt): Segment[] {
  const segments: Segment[] = [];
  prompt.forEach((element, i) => {
    const last = segments.at(-1);
    const continues =
      last !== undefined &&
      last.context === isContext(element) &&
      (!last.context || contextIndex(element) === contextIndex(prompt[i - 1]!) + 1);
    if (continues) segments[segments.length - 1] = { ...last, end: i + 1 };
    else segments.push({ context: isContext(element), start: i, end: i + 1 });
  });
  return segments;
}

/**
 * Makes the node with the token embeddings (position included) of one run of tokens.
 * @param tokens ids of c prompts × n places, row by row.
 * @param firstPosition position of the first place.
 * @param bucket index of the bucket the prompts belong to, or null for the shared prefix (then c = 1).
 * @returns [c, n, W]
 */
export type TokenRows = (
  tokens: readonly (readonly number[])[],
  firstPosition: number,
  bucket: number | null,
) => Node;

/** Token embedding plus positional embedding, row by row: float32 [c · n · W]. */
export function embedTokens(
  weights: TextWeights,
  tokens: readonly (readonly number[])[],
  firstPosition: number,
): Float32Array {
  const { width } = weights.architecture;
  const embedding = weights.tokenEmbedding.attributes.data;
  const positions = weights.positionalEmbedding.attributes.data;
  const places = tokens[0]!.length;
  const rows = new Float32Array(tokens.length * places * width);
  tokens.forEach((row, k) => {
    row.forEach((id, j) => {
      const at = (k * places + j) * width;
      for (let w = 0; w < width; w++) {
        rows[at + w] = embedding[id * width + w]! + positions[(firstPosition + j) * width + w]!;
      }
    });
  });
  return rows;
}

/** Token rows as constants of the graph. */
export function constantTokenRows(weights: TextWeights): TokenRows {
  return (tokens, firstPosition) =>
    constant(
      embedTokens(weights, tokens, firstPosition),
      [tokens.length, tokens[0]!.length, weights.architecture.width],
      'token rows',
    );
}

/** Adds the positional embeddings of the places from `firstPosition` on to context vectors [.., n, W]. */
function positioned(vectors: Node, weights: TextWeights, firstPosition: number): Node {
  const { width } = weights.architecture;
  const count = vectors.shape.at(-2)!;
  const data = weights.positionalEmbedding.attributes.data as Float32Array;
  const rows = data.subarray(firstPosition * width, (firstPosition + count) * width);
  return add(vectors, constant(rows, [count, width], 'positions'));
}

/** One bucket's input rows [c · l, W]. `ctx` is [M, W], or [c, M, W] of this bucket's prompts if CSC. */
function bucketInput(
  { suffixes, length }: Bucket,
  bucketIndex: number,
  firstPosition: number,
  weights: TextWeights,
  ctx: Node | null,
  tokenRows: TokenRows,
): Node {
  const { width } = weights.architecture;
  const [first] = suffixes as [Prompt];
  const parts = segmentsOf(first).map(({ context, start, end }) => {
    const position = firstPosition + start;
    if (!context) {
      return tokenRows(
        suffixes.map((suffix) => suffix.slice(start, end)),
        position,
        bucketIndex,
      );
    }
    const from = contextIndex(first[start]!);
    const vectors = slice(ctx!, ctx!.shape.length - 2, from, from + end - start);
    return broadcastTo(positioned(vectors, weights, position), [suffixes.length, end - start, width]);
  });
  return reshape(concat(parts, 1), [suffixes.length * length, width]);
}

/** Rows of SOT and the shared prefix: [P, W]. */
function prefixInput(
  prefix: Prompt,
  sot: number,
  weights: TextWeights,
  ctx: Node | null,
  tokenRows: TokenRows,
): Node {
  const { width } = weights.architecture;
  const whole = [sot, ...prefix];
  const parts = segmentsOf(whole).map(({ context, start, end }) => {
    if (!context) return reshape(tokenRows([whole.slice(start, end)], start, null), [end - start, width]);
    const from = contextIndex(whole[start]!);
    return positioned(slice(ctx!, 0, from, from + end - start), weights, start);
  });
  return concat(parts, 0);
}

/**
 * A block over all packed rows, given in parts that stand one behind the other: [N, W].
 * A part that does not depend on the context is computed when the graph is compiled, up to its queries, keys and
 * values, and takes no gradient.
 */
function packedBlock(
  parts: readonly Node[],
  block: BlockWeights,
  heads: number,
  prefixLength: number,
  buckets: readonly PackedBucket[],
): Node {
  const split = parts.map((rows) =>
    splitHeads(apply(standardize(rows, block.epsilon), block.queryKeyValue), 3, heads),
  );
  const [q, k, v] = [0, 1, 2].map((i) =>
    concat(
      split.map((part) => part[i]!),
      1,
    ),
  ) as [Node, Node, Node];
  const attended = packedAttention(q, k, v, prefixLength, buckets, false);
  return mlpResidual(add(concat(parts, 0), apply(mergeHeads(attended), block.out)), block);
}

/** The last block: keys and values of all rows, everything else for the EOT rows only. -> [K, W] */
function lastBlock(
  x: Node,
  block: BlockWeights,
  heads: number,
  prefixLength: number,
  buckets: readonly PackedBucket[],
): Node {
  const width = x.shape[1]!;
  const normalized = standardize(x, block.epsilon);
  const eotRows = (rows: Node): Node => {
    let start = prefixLength;
    const last = buckets.map(({ count, length }) => {
      const bucket = reshape(slice(rows, 0, start, start + count * length), [count, length, width]);
      start += count * length;
      return reshape(slice(bucket, 1, length - 1, length), [count, width]);
    });
    return concat(last, 0);
  };
  const [k, v] = splitHeads(apply(normalized, block.keyValue), 2, heads) as [Node, Node];
  const [q] = splitHeads(apply(eotRows(normalized), block.query), 1, heads) as [Node];
  const attended = packedAttention(q, k, v, prefixLength, buckets, true);
  return mlpResidual(add(eotRows(x), apply(mergeHeads(attended), block.out)), block);
}

/**
 * Text features of K prompts, computed for what differs between them only: the shared prefix once, suffixes
 * without padding, the last layer for EOT rows. Exact: equal to the padded encoding, as are its gradients.
 *
 * @param ctx [M, W] unified, [K, M, W] class-specific (in the prompts' order), or null without context.
 * @param tokenRows How token embeddings enter the graph; default: as constants.
 * @returns [K, E], not normalised, in the prompts' order.
 */
export function encodePrompts(
  layout: PromptLayout,
  weights: TextWeights,
  ctx: Node | null,
  tokenRows: TokenRows = constantTokenRows(weights),
): Node {
  const { heads, vocabSize } = weights.architecture;
  const prefixLength = 1 + layout.prefix.length;
  const buckets = layout.buckets.map(({ prompts, length }) => ({ count: prompts.length, length }));
  const packedOrder = layout.buckets.flatMap(({ prompts }) => prompts);
  const indices = (values: readonly number[]) =>
    constant(Int32Array.from(values), [values.length], 'prompt order');
  const inOrder = packedOrder.every((prompt, i) => prompt === i);

  let packedCtx = ctx;
  if (ctx !== null && layout.csc && !inOrder) packedCtx = gather(ctx, indices(packedOrder));
  let first = 0;
  const inputs = layout.buckets.map((bucket, index) => {
    const own =
      layout.csc && packedCtx ? slice(packedCtx, 0, first, first + bucket.prompts.length) : packedCtx;
    first += bucket.prompts.length;
    return bucketInput(bucket, index, prefixLength, weights, own, tokenRows);
  });
  const prefix = prefixInput(layout.prefix, vocabSize - 2, weights, ctx, tokenRows);
  let parts: readonly Node[] = [prefix, concat(inputs, 0)];
  for (const block of weights.blocks.slice(0, -1)) {
    parts = [packedBlock(parts, block, heads, prefixLength, buckets)];
  }
  const eot = lastBlock(concat(parts, 0), weights.blocks.at(-1)!, heads, prefixLength, buckets);
  const features = apply(standardize(eot, weights.architecture.epsilon), weights.projection);
  if (inOrder) return features;
  const position = new Array<number>(packedOrder.length);
  packedOrder.forEach((prompt, i) => {
    position[prompt] = i;
  });
  return gather(features, indices(position));
}
