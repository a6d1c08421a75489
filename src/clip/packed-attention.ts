import type { Node } from '../ir/index.ts';
import { add, concat, matmul, reshape, slice, softmax, zeros } from '../ir/index.ts';
import { causalMask } from './transformer.ts';

/** c sequences of l tokens each, behind one shared prefix. */
export interface PackedBucket {
  readonly count: number;
  readonly length: number;
}

/** Rows `start` to `start + count · length` of x [H, N, d] as [H, count, length, d]. */
function sequences(x: Node, start: number, { count, length }: PackedBucket): Node {
  const [heads, , headWidth] = x.shape as [number, number, number];
  return reshape(slice(x, 1, start, start + count * length), [heads, count, length, headWidth]);
}

/** Causal attention of sequences that share nothing; as `packedAttention`. */
function separateAttention(
  q: Node,
  k: Node,
  v: Node,
  buckets: readonly PackedBucket[],
  lastOnly: boolean,
): Node {
  const [heads, , headWidth] = q.shape as [number, number, number];
  let row = 0;
  let queryRow = 0;
  const attended = buckets.map((bucket) => {
    const { count, length } = bucket;
    const queries = { count, length: lastOnly ? 1 : length };
    const own = matmul(sequences(q, queryRow, queries), sequences(k, row, bucket), { transB: true });
    // The last token sees its whole sequence.
    const visible = queries.length === 1 ? own : add(own, causalMask(length));
    const part = matmul(softmax(visible), sequences(v, row, bucket));
    row += count * length;
    queryRow += count * queries.length;
    return reshape(part, [heads, count * queries.length, headWidth]);
  });
  return concat(attended, 1);
}

/**
 * Causal attention of packed rows: the prefix to itself, suffixes to the prefix and to their own sequence.
 *
 * @param q [H, Q, d], scaled by 1/√d: one row for each of k; or, if `lastOnly`, one for the last row of each sequence.
 * @param k, v [H, N, d]: P prefix rows, then for every bucket in turn c sequences of l rows; N = P + Σ c · l.
 * @returns [H, Q, d]
 */
export function packedAttention(
  q: Node,
  k: Node,
  v: Node,
  prefixLength: number,
  buckets: readonly PackedBucket[],
  lastOnly: boolean,
): Node {
  const [heads, queryCount, headWidth] = q.shape as [number, number, number];
  if (prefixLength === 0) return separateAttention(q, k, v, buckets, lastOnly);
  const prefixQueries = lastOnly ? 0 : prefixLength;
  // One product with the prefix for all queries; only the products within a sequence go bucket by bucket. All
  // ranges are cut from the whole, never from a range: each nesting would copy every row once more.
  const toPrefix = matmul(q, slice(k, 1, 0, prefixLength), { transB: true });

  const fromPrefix: Node[] = [];
  const fromOwn: Node[] = [];
  if (prefixQueries > 0) {
    const scores = slice(toPrefix, 1, 0, prefixLength);
    fromPrefix.push(softmax(add(scores, causalMask(prefixLength))));
    fromOwn.push(zeros([heads, prefixLength, headWidth]));
  }
  let row = prefixLength;
  let queryRow = prefixQueries;
  for (const bucket of buckets) {
    const { count, length } = bucket;
    const queries = { count, length: lastOnly ? 1 : length };
    const rows = count * queries.length;
    const own = matmul(sequences(q, queryRow, queries), sequences(k, row, bucket), { transB: true });
    // The last token sees its whole sequence.
    const visible = queries.length === 1 ? own : add(own, causalMask(length));
    const weights = softmax(concat([sequences(toPrefix, queryRow, queries), visible], 3));
    const ownWeights = slice(weights, 3, prefixLength, prefixLength + length);
    const attended = matmul(ownWeights, sequences(v, row, bucket));
    fromOwn.push(reshape(attended, [heads, rows, headWidth]));
    fromPrefix.push(reshape(slice(weights, 3, 0, prefixLength), [heads, rows, prefixLength]));
    row += count * length;
    queryRow += rows;
  }
  if (queryRow !== queryCount) throw new Error(`internal: ${queryCount} queries for ${queryRow} rows`);
  return add(matmul(concat(fromPrefix, 1), slice(v, 1, 0, prefixLength)), concat(fromOwn, 1));
}
