import type { Node } from '../ir/index.ts';
import { add, broadcastTo, concat, constant, reshape, slice } from '../ir/index.ts';
import type { Bucket } from './prompt-layout.ts';
import { contextIndex, isContext, type Prompt } from './prompts.ts';
import type { TextWeights } from './text-weights.ts';

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

/**
 * Places that hold contexts and tokens: G groups side by side where there are several contexts of one form, each
 * with all prompts.
 */
export interface RowInputs {
  readonly weights: TextWeights;
  /** [M, W]; [G, M, W] for G groups; [c, M, W] of a bucket's prompts if class-specific; null without context. */
  readonly ctx: Node | null;
  /** G where ctx is grouped, else null. */
  readonly groups: number | null;
  readonly tokenRows: TokenRows;
}

/** One bucket's input rows [c · l, W], or [G, c · l, W]; without context vectors they are the same for all groups. */
export function bucketInput(
  { suffixes, length }: Bucket,
  bucketIndex: number,
  firstPosition: number,
  { weights, ctx, groups, tokenRows }: RowInputs,
): Node {
  const { width } = weights.architecture;
  const [first] = suffixes as [Prompt];
  const segments = segmentsOf(first);
  const count = suffixes.length;
  // Of context rows only: tokens are repeated for each group when there is something to put them beside.
  const lead = groups !== null && segments.some(({ context }) => context) ? [groups] : [];
  const parts = segments.map(({ context, start, end }) => {
    const position = firstPosition + start;
    const places = [...lead, count, end - start, width];
    if (!context) {
      const tokens = suffixes.map((suffix) => suffix.slice(start, end));
      return broadcastTo(tokenRows(tokens, position, bucketIndex), places);
    }
    const from = contextIndex(first[start]!);
    const vectors = positioned(
      slice(ctx!, ctx!.shape.length - 2, from, from + end - start),
      weights,
      position,
    );
    return broadcastTo(groups === null ? vectors : reshape(vectors, [groups, 1, end - start, width]), places);
  });
  return reshape(concat(parts, lead.length + 1), [...lead, count * length, width]);
}

/** Rows of SOT and the shared prefix: [P, W], or [G, P, W]. */
export function prefixInput(
  prefix: Prompt,
  sot: number,
  { weights, ctx, groups, tokenRows }: RowInputs,
): Node {
  const { width } = weights.architecture;
  const whole = [sot, ...prefix];
  const lead = groups === null ? [] : [groups];
  const parts = segmentsOf(whole).map(({ context, start, end }) => {
    if (!context) {
      const tokens = reshape(tokenRows([whole.slice(start, end)], start, null), [end - start, width]);
      return broadcastTo(tokens, [...lead, end - start, width]);
    }
    const from = contextIndex(whole[start]!);
    return positioned(slice(ctx!, lead.length, from, from + end - start), weights, start);
  });
  return concat(parts, lead.length);
}
