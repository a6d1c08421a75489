import type { NearestWords } from '../config/index.ts';

/**
 * The vocabulary tokens whose embeddings lie nearest to learned context vectors, by Euclidean distance.
 *
 * M vectors, V tokens, D text width. M·V·D multiplications in plain JavaScript: half a second for CLIP's
 * vocabulary (49,408 × 512) and M = 16. Distances are sums of squared differences in float64, in order.
 *
 * @param request vectors [M, D]; embeddings [V, D], the token embedding of the text tower; dim D; tokenOf the
 * token of an id, as it shall be shown; count of tokens a vector, at most V.
 * @returns M entries, nearest token first, the lower id first where distances are equal.
 * @throws {RangeError} A length that is no multiple of D.
 *
 * Source: Zhou et al., IJCV 2022, arXiv 2109.01134, section 4.2; CoOp's interpret_prompt.py [ff61507].
 */
export function nearestWords(request: {
  readonly vectors: Float32Array;
  readonly embeddings: Float32Array;
  readonly dim: number;
  readonly tokenOf: (id: number) => string;
  readonly count: number;
}): NearestWords[] {
  const { vectors, embeddings, dim, tokenOf, count } = request;
  if (vectors.length % dim !== 0 || embeddings.length % dim !== 0) {
    throw new RangeError(
      `nearestWords: expected rows of ${dim}, found ${vectors.length} and ${embeddings.length} numbers`,
    );
  }
  const found: NearestWords[] = [];
  for (let first = 0; first * dim < vectors.length; first += TOGETHER) {
    const some = vectors.subarray(first * dim, (first + TOGETHER) * dim);
    for (const [i, nearest] of nearestRows(some, embeddings, dim, count).entries()) {
      const words = nearest.map(({ id, square }) => ({ word: tokenOf(id), distance: Math.sqrt(square) }));
      found.push({ position: first + i, words });
    }
  }
  return found;
}

/** Vectors that one pass over the embeddings serves: each number is read once for all. */
const TOGETHER = 4;

interface NearRow {
  readonly id: number;
  /** Squared distance. */
  readonly square: number;
}

/** Squared distance of `vector` and row `id`, summed in the order of their numbers. */
function squareOf(vector: Float32Array, rows: Float32Array, id: number): number {
  const dim = vector.length;
  let square = 0;
  for (let j = 0; j < dim; j++) {
    const off = vector[j]! - rows[id * dim + j]!;
    square += off * off;
  }
  return square;
}

/**
 * The `count` rows nearest to each of up to four vectors, in one pass. A row's distance is summed only where
 * |v|² + |r|² - 2 v · r, four of which are computed at once, leaves it possible that the row is among the nearest.
 */
function nearestRows(vectors: Float32Array, rows: Float32Array, dim: number, count: number): NearRow[][] {
  const present = vectors.length / dim;
  // In float64, so that only the rows' numbers are converted; missing vectors are zero.
  const v = new Float64Array(TOGETHER * dim);
  v.set(vectors);
  const own = Array.from({ length: present }, (_, m) => vectors.subarray(m * dim, (m + 1) * dim));
  const lengths = own.map((vector) => squareOf(vector, new Float32Array(dim), 0));
  // Rounding of sums of `dim` products, twice as large as it can be, a unit of |v|² + |r|².
  const slack = 4 * (dim + 4) * Number.EPSILON;
  const found: NearRow[][] = own.map(() => []);
  const worst = new Float64Array(present).fill(Number.POSITIVE_INFINITY);
  const products = new Float64Array(TOGETHER);
  for (let id = 0; id * dim < rows.length; id++) {
    const length = multiply(v, rows, id * dim, dim, products);
    for (let m = 0; m < present; m++) {
      const sum = lengths[m]! + length;
      if (sum * (1 - slack) - 2 * products[m]! >= worst[m]!) continue;
      const nearest = found[m]!;
      const square = squareOf(own[m]!, rows, id);
      if (nearest.length === count && !(square < worst[m]!)) continue;
      const place = nearest.findIndex((other) => square < other.square);
      nearest.splice(place < 0 ? nearest.length : place, 0, { id, square });
      if (nearest.length > count) nearest.pop();
      if (nearest.length === count) worst[m] = nearest.at(-1)?.square ?? 0;
    }
  }
  return found;
}

/** Products of four vectors and the row at `at`. @returns The row's squared length. */
function multiply(
  v: Float64Array,
  rows: Float32Array,
  at: number,
  dim: number,
  products: Float64Array,
): number {
  const [second, third, fourth] = [dim, 2 * dim, 3 * dim];
  let [length, p0, p1, p2, p3] = [0, 0, 0, 0, 0];
  for (let j = 0; j < dim; j++) {
    const r = rows[at + j]!;
    length += r * r;
    p0 += v[j]! * r;
    p1 += v[second + j]! * r;
    p2 += v[third + j]! * r;
    p3 += v[fourth + j]! * r;
  }
  products[0] = p0;
  products[1] = p1;
  products[2] = p2;
  products[3] = p3;
  return length;
}
