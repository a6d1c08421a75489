import { LANE_BLOCK, openVectorKernel, type VectorKernel } from './vector-kernel.ts';

const DOUBLE = Float64Array.BYTES_PER_ELEMENT;
const PAGE = 65_536;
/** In front of the vectors, at address 0: two factors, two parts of a result. */
const SCRATCH = 0;
const SCRATCH_BYTES = 64;

/**
 * Vectors of one length in one piece of memory, named by their index, and the arithmetic between them, two doubles
 * at a time. Sums are taken in an order that depends on the length alone: they are the same on every machine.
 */
export class Vectors {
  readonly #kernel: VectorKernel;
  /** Bytes of a vector with its padding, which is zero and stays so. */
  readonly #bytes: number;
  readonly #scratch: Float64Array;
  readonly #views: readonly Float64Array[];

  /**
   * @param size N, at least 1.
   * @param count How many; all zero.
   * @throws {RangeError} They need more than 4 GiB, all that WebAssembly can address, or than there is.
   */
  constructor(size: number, count: number) {
    this.#kernel = openVectorKernel();
    this.#bytes = Math.ceil(size / LANE_BLOCK) * LANE_BLOCK * DOUBLE;
    const { memory } = this.#kernel;
    memory.grow(Math.ceil((SCRATCH_BYTES + count * this.#bytes) / PAGE) - memory.buffer.byteLength / PAGE);
    this.#scratch = new Float64Array(memory.buffer, SCRATCH, SCRATCH_BYTES / DOUBLE);
    this.#views = Array.from(
      { length: count },
      (_, index) => new Float64Array(memory.buffer, this.#at(index), size),
    );
  }

  /** The vector itself, [N], not a copy. */
  of(index: number): Float64Array {
    return this.#views[index]!;
  }

  copy(to: number, from: number): void {
    this.of(to).set(this.of(from));
  }

  dot(v: number, w: number): number {
    this.#kernel.dot(SCRATCH, this.#at(v), this.#at(w), this.#bytes);
    return this.#scratch[2]! + this.#scratch[3]!;
  }

  /** out = f·v + g·w; `out` may be one of them. */
  mix(out: number, f: number, v: number, g: number, w: number): void {
    this.#scratch[0] = f;
    this.#scratch[1] = g;
    this.#kernel.mix(this.#at(out), SCRATCH, this.#at(v), this.#at(w), this.#bytes);
  }

  /** out = f·v + g·w in one pass with the product that is returned, out·z; `out` may be v or w, not z. */
  mixDot(out: number, f: number, v: number, g: number, w: number, z: number): number {
    this.#scratch[0] = f;
    this.#scratch[1] = g;
    this.#kernel.mixDot(this.#at(out), SCRATCH, this.#at(v), this.#at(w), this.#at(z), this.#bytes);
    return this.#scratch[2]! + this.#scratch[3]!;
  }

  /** max|v|; NaN if a component is. */
  largest(v: number): number {
    this.#kernel.largest(SCRATCH, this.#at(v), this.#bytes);
    return Math.max(this.#scratch[2]!, this.#scratch[3]!);
  }

  #at(index: number): number {
    return SCRATCH_BYTES + index * this.#bytes;
  }
}
