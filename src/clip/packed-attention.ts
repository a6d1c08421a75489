import type { Node } from '../ir/index.ts';
import { add, concat, matmul, reshape, slice, softmax } from '../ir/index.ts';
import { causalMask } from './transformer.ts';

/** c sequences of l tokens each, behind one shared prefix. */
export interface PackedBucket {
  readonly count: number;
  readonly length: number;
}

/** One bucket's rows of x [H, Σ c · l, d] as [H, c, l, d]. */
function bucketRows(x: Node, start: number, count: number, length: number): Node {
  const [heads, , headWidth] = x.shape as [number, number, number];
  return reshape(slice(x, 1, start, start + count * length), [heads, count, length, headWidth]);
}

/**
 * Attention of the suffixes' queries to the prefix and to their own sequence.
 *
 * @param q [H, Q, d]: for every bucket in turn c sequences of `queries` rows each, scaled by 1/√d.
 * @param k, v [H, P + Σ c · l, d]: prefix rows first.
 * @param lastOnly The queries are the last row of each sequence; else every row is a query.
 * @returns [H, Q, d]
 */
export function suffixAttention(
  q: Node,
  k: Node,
  v: Node,
  prefixLength: number,
  buckets: readonly PackedBucket[],
  lastOnly: boolean,
): Node {
  const [heads, queryCount, headWidth] = q.shape as [number, number, number];
  const total = k.shape[1]!;
  const [prefixK, prefixV] = [k, v].map((x) => slice(x, 1, 0, prefixLength)) as [Node, Node];
  const [suffixK, suffixV] = [k, v].map((x) => slice(x, 1, prefixLength, total)) as [Node, Node];
  // One product with the prefix for all queries; only the products within a sequence go bucket by bucket.
  const toPrefix = matmul(q, prefixK, { transB: true });

  const fromPrefix: Node[] = [];
  const fromOwn: Node[] = [];
  let row = 0;
  let queryRow = 0;
  for (const { count, length } of buckets) {
    const queries = lastOnly ? 1 : length;
    const own = matmul(bucketRows(q, queryRow, count, queries), bucketRows(suffixK, row, count, length), {
      transB: true,
    });
    // The last token sees its whole sequence.
    const visible = lastOnly || length === 1 ? own : add(own, causalMask(length));
    const prefixScores = bucketRows(toPrefix, queryRow, count, queries);
    const weights = softmax(concat([prefixScores, visible], 3));
    const ownWeights = slice(weights, 3, prefixLength, prefixLength + length);
    const attended = matmul(ownWeights, bucketRows(suffixV, row, count, length));
    fromOwn.push(reshape(attended, [heads, count * queries, headWidth]));
    fromPrefix.push(reshape(slice(weights, 3, 0, prefixLength), [heads, count * queries, prefixLength]));
    row += count * length;
    queryRow += count * queries;
  }
  if (queryRow !== queryCount) throw new Error(`internal: ${queryCount} queries for ${queryRow} rows`);
  return add(matmul(concat(fromPrefix, 1), prefixV), concat(fromOwn, 1));
}

/** Causal self-attention of the prefix alone: q, k, v [H, P, d] -> [H, P, d]. */
export function prefixAttention(q: Node, k: Node, v: Node): Node {
  const length = q.shape[1]!;
  return matmul(softmax(add(matmul(q, k, { transB: true }), causalMask(length))), v);
}
