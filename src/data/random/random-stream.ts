import { createHash } from 'node:crypto';

/** A generator of random numbers whose state is its own. */
export interface RandomStream {
  /** A float64 in [0, 1) with 53 random bits. */
  uniform(): number;
  /** A sample of N(0, 1). */
  normal(): number;
  /** An integer, 0 ≤ value < n, for 1 ≤ n ≤ 2^32; every value is equally likely. */
  int(n: number): number;
  /** Shuffles the list in place (Fisher and Yates). */
  shuffle<T>(items: T[]): void;
}

class Xoshiro128 implements RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spare: number | null = null;

  constructor(seed: Buffer) {
    this.#a = seed.readInt32LE(0);
    this.#b = seed.readInt32LE(4);
    this.#c = seed.readInt32LE(8);
    // The all-zero state is the one from which the generator never leaves.
    this.#d = seed.readInt32LE(12) | 1;
  }

  #word(): number {
    const x = Math.imul(this.#b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  uniform(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  normal(): number {
    if (this.#spare !== null) {
      const value = this.#spare;
      this.#spare = null;
      return value;
    }
    // Marsaglia's polar method: no sine or cosine, whose last bits differ between math libraries.
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spare = v * factor;
        return u * factor;
      }
    }
  }

  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(`int(n) needs an integer n, 1 to 2^32, found ${n}`);
    }
    // Words at or above the largest multiple of n are drawn again, so that no value is favoured.
    const limit = 2 ** 32 - (2 ** 32 % n);
    let word = this.#word();
    while (word >= limit) word = this.#word();
    return word % n;
  }

  shuffle<T>(items: T[]): void {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = this.int(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
  }
}

/**
 * Opens the random stream of a purpose, e.g. `stream('crop', seed, epoch, pictureName)`.
 *
 * The same key gives the same numbers on every machine; two different keys give unrelated numbers, so a
 * stream's use never shifts another's. 1 and "1" are different parts, as are ("ab") and ("a", "b").
 *
 * Generator: xoshiro128** (Blackman and Vigna), state = the first 128 bits of SHA-256 over the JSON list of
 * the parts.
 *
 * @throws {RangeError} A part is NaN or infinite.
 */
export function stream(...keyParts: readonly (string | number)[]): RandomStream {
  for (const part of keyParts) {
    if (typeof part === 'number' && !Number.isFinite(part)) {
      throw new RangeError(`a stream's key needs finite numbers, found ${part}`);
    }
  }
  return new Xoshiro128(createHash('sha256').update(JSON.stringify(keyParts)).digest());
}
