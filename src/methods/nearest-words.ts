import type { NearestWords } from '../config/index.ts';

/**
 * The vocabulary tokens whose embeddings lie nearest to learned context vectors, by Euclidean distance.
 *
 * M vectors, V tokens, D text width. M·V·D multiplications in plain JavaScript: half a second for CLIP's
 * vocabulary (49,408 × 512) and M = 16.
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
  return Array.from({ length: vectors.length / dim }, (_, position) => {
    const vector = vectors.subarray(position * dim, (position + 1) * dim);
    return {
      position,
      words: nearestRows(vector, embeddings, count).map(({ id, square }) => ({
        word: tokenOf(id),
        distance: Math.sqrt(square),
      })),
    };
  });
}

/** The `count` rows nearest to a vector, with their squared distances, in one pass. */
function nearestRows(
  vector: Float32Array,
  rows: Float32Array,
  count: number,
): { readonly id: number; readonly square: number }[] {
  const dim = vector.length;
  const nearest: { id: number; square: number }[] = [];
  for (let id = 0; id * dim < rows.length; id++) {
    let square = 0;
    for (let j = 0; j < dim; j++) {
      const off = vector[j] - rows[id * dim + j];
      square += off * off;
    }
    if (nearest.length === count && !(square < (nearest.at(-1)?.square ?? 0))) continue;
    const place = nearest.findIndex((other) => square < other.square);
    nearest.splice(place < 0 ? nearest.length : place, 0, { id, square });
    if (nearest.length > count) nearest.pop();
  }
  return nearest;
}
