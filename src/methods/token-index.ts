/** Half precision's largest rounding error: relative, and absolute for numbers near zero. */
const RELATIVE = 2 ** -10;
const ABSOLUTE = 2 ** -23;

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= RELATIVE * Math.abs(b) + ABSOLUTE;

/** Finds tokens by their embeddings: V tokens, W text width. */
export class TokenIndex {
  readonly #embeddings: Float32Array;
  readonly #width: number;
  /** Ids by the first number of their rows, and those numbers. */
  readonly #ids: Int32Array;
  readonly #firsts: Float32Array;

  /** @param embeddings [V, W] */
  constructor(embeddings: Float32Array, width: number) {
    this.#embeddings = embeddings;
    this.#width = width;
    const first = (id: number): number => embeddings[id * width]!;
    this.#ids = Int32Array.from({ length: embeddings.length / width }, (_, id) => id);
    this.#ids.sort((a, b) => first(a) - first(b));
    this.#firsts = Float32Array.from(this.#ids, first);
  }

  /**
   * The token with an embedding, or null if none has it. Equal up to the rounding of half precision, since files
   * and checkpoints are kept in either; different tokens lie much further apart. The lowest id of equal ones.
   *
   * @param row [W]
   */
  find(row: Float32Array): number | null {
    const sought = row[0]!;
    if (!Number.isFinite(sought)) return null;
    const reach = 2 * (RELATIVE * Math.abs(sought) + ABSOLUTE);
    let found: number | null = null;
    for (let i = this.#firstFrom(sought - reach); i < this.#ids.length; i++) {
      if (this.#firsts[i]! > sought + reach) break;
      const id = this.#ids[i]!;
      if ((found === null || id < found) && this.#matches(id, row)) found = id;
    }
    return found;
  }

  #matches(id: number, row: Float32Array): boolean {
    const start = id * this.#width;
    for (let w = 0; w < this.#width; w++) {
      if (!isNear(row[w]!, this.#embeddings[start + w]!)) return false;
    }
    return true;
  }

  /** Place of the first number ≥ `value`. */
  #firstFrom(value: number): number {
    let [low, high] = [0, this.#firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#firsts[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
