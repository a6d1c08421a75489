const N = 624;
const M = 397;

/** State words after `init_by_array`'s fixed start value, as in Matsumoto and Nishimura's reference code. */
function initGenrand(state: Uint32Array, seed: number): void {
  state[0] = seed;
  for (let i = 1; i < N; i += 1) {
    const previous = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = Math.imul(1812433253, previous) + i;
  }
}

function initByArray(state: Uint32Array, key: readonly number[]): void {
  initGenrand(state, 19650218);
  let i = 1;
  let j = 0;
  for (let k = Math.max(N, key.length); k > 0; k -= 1) {
    const previous = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = (state[i] ^ Math.imul(previous, 1664525)) + key[j] + j;
    i += 1;
    j = (j + 1) % key.length;
    if (i === N) {
      state[0] = state[N - 1];
      i = 1;
    }
  }
  for (let k = N - 1; k > 0; k -= 1) {
    const previous = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = (state[i] ^ Math.imul(previous, 1566083941)) - i;
    i += 1;
    if (i === N) {
      state[0] = state[N - 1];
      i = 1;
    }
  }
  state[0] = 0x80000000;
}

/** Little-endian 32-bit words of |seed|; zero is one word. */
function seedWords(seed: number | bigint): number[] {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
    throw new RangeError(`seed must be an integer (a bigint beyond 2^53), found ${seed}`);
  }
  let rest = BigInt(seed);
  if (rest < 0n) rest = -rest;
  const words: number[] = [];
  do {
    words.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return words;
}

function bitLength(n: number): number {
  return n < 2 ** 32 ? 32 - Math.clz32(n) : 64 - Math.clz32(Math.floor(n / 2 ** 32));
}

/**
 * CPython's `random.Random` (3.11): the same integer seed gives the same numbers in the same order.
 *
 * Published few-shot draws and splits were made with it, so the order of its draws is part of the contract.
 * Left out: `None`, text and float seeds, and everything that is not named here.
 *
 * Source: Matsumoto and Nishimura's MT19937 with `init_by_array`; the CPython 3.11 library documents the rest.
 */
export class PythonRandom {
  readonly #state = new Uint32Array(N);
  #next = N;

  /** @param seed Any integer; its sign is ignored, as in CPython. */
  constructor(seed: number | bigint) {
    initByArray(this.#state, seedWords(seed));
  }

  #word(): number {
    const state = this.#state;
    if (this.#next === N) {
      for (let i = 0; i < N; i += 1) {
        const mixed = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
        state[i] = state[(i + M) % N] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
      }
      this.#next = 0;
    }
    let y = state[this.#next];
    this.#next += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** A float64 in [0, 1) with 53 random bits. */
  random(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** @param k 0 ≤ k ≤ 53; more bits do not fit a number and are refused. */
  getrandbits(k: number): number {
    if (!Number.isInteger(k) || k < 0 || k > 53) throw new RangeError(`bits must be 0 to 53, found ${k}`);
    if (k === 0) return 0;
    if (k <= 32) return this.#word() >>> (32 - k);
    const low = this.#word();
    return (this.#word() >>> (64 - k)) * 2 ** 32 + low;
  }

  #below(n: number): number {
    const bits = bitLength(n);
    let drawn = this.getrandbits(bits);
    while (drawn >= n) drawn = this.getrandbits(bits);
    return drawn;
  }

  /**
   * One of `range(start, stop, step)`; with one argument, of `range(start)`.
   *
   * @throws {RangeError} The range is empty, or an argument is no integer.
   */
  randrange(start: number, stop?: number, step = 1): number {
    const [first, end] = stop === undefined ? [0, start] : [start, stop];
    if (![first, end, step].every(Number.isSafeInteger) || step === 0) {
      throw new RangeError(
        `randrange needs integers and a step other than 0, found ${first}, ${end}, ${step}`,
      );
    }
    const count = Math.ceil((end - first) / step);
    if (count <= 0) throw new RangeError(`empty range for randrange(${first}, ${end}, ${step})`);
    return first + step * this.#below(count);
  }

  /** An integer N, low ≤ N ≤ high. */
  randint(low: number, high: number): number {
    return this.randrange(low, high + 1);
  }

  /** @throws {RangeError} The list is empty. */
  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('cannot choose from an empty list');
    return items[this.#below(items.length)];
  }

  /**
   * k different items in drawing order.
   *
   * @throws {RangeError} k is negative, no integer, or larger than the list.
   */
  sample<T>(items: readonly T[], k: number): T[] {
    const n = items.length;
    if (!Number.isInteger(k) || k < 0 || k > n) {
      throw new RangeError(`sample of ${k} from ${n} items: the count must be 0 to ${n}`);
    }
    // CPython picks the cheaper of a shrinking copy and a set of used indices; they draw different numbers.
    const setSize = 21 + (k > 5 ? 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 0);
    const result: T[] = [];
    if (n <= setSize) {
      const pool = items.slice();
      for (let i = 0; i < k; i += 1) {
        const j = this.#below(n - i);
        result.push(pool[j]);
        pool[j] = pool[n - i - 1];
      }
      return result;
    }
    const used = new Set<number>();
    for (let i = 0; i < k; i += 1) {
      let j = this.#below(n);
      while (used.has(j)) j = this.#below(n);
      used.add(j);
      result.push(items[j]);
    }
    return result;
  }

  /** Shuffles the list in place. */
  shuffle<T>(items: T[]): void {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = this.#below(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
  }
}
