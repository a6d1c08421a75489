import type { Node } from '../ir/index.ts';
import { add, concat, matmul, reshape, slice, softmax, zeros } from '../ir/index.ts';
import { causalMask } from './transformer.ts';

/** c sequences of l tokens each, behind one shared prefix; or c bins of l rows that hold several sequences each. */
export interface PackedBucket {
  readonly count: number;
  readonly length: number;
  /** Of bins only. */
  readonly bins?: {
    /** Sequences a bin. */
    readonly slots: number;
    /** Added to the scores: [c, l, l] of all rows, [c, slots, l] of the sequences' last rows. */
    readonly rowMask: Node;
    readonly slotMask: Node;
  };
}

/** Queries of a bucket: all its rows, or the last of each sequence. */
const queriesOf = ({ count, length, bins }: PackedBucket, lastOnly: boolean): PackedBucket => ({
  count,
  length: lastOnly ? (bins?.slots ?? 1) : length,
});

/** Scores [H, c, queries, l] with what a query must not see taken out. */
function visible(scores: Node, { length, bins }: PackedBucket, lastOnly: boolean): Node {
  if (bins) return add(scores, lastOnly ? bins.slotMask : bins.rowMask);
  // The last token sees its whole sequence.
  return lastOnly || length === 1 ? scores : add(scores, causalMask(length));
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
    const queries = queriesOf(bucket, lastOnly);
    const own = matmul(sequences(q, queryRow, queries), sequences(k, row, bucket), { transB: true });
    const part = matmul(softmax(visible(own, bucket, lastOnly)), sequences(v, row, bucket));
    row += count * length;
    queryRow += count * queries.length;
    return reshape(part, [heads, count * queries.length, headWidth]);
  });
  return concat(attended, 1);
}

/**
 * Causal attention of packed rows: the prefix to itself, suffixes to the prefix and to their own sequence.
 *
 * @param q [H, Q, d], scaled by 1/√d: one row for each of k; or, if `lastOnly`, one for the last row of each sequence, or slot of a bin.
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
    const queries = queriesOf(bucket, lastOnly);
    const rows = count * queries.length;
    const own = matmul(sequences(q, queryRow, queries), sequences(k, row, bucket), { transB: true });
    const scores = [sequences(toPrefix, queryRow, queries), visible(own, bucket, lastOnly)];
    const weights = softmax(concat(scores, 3));
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
