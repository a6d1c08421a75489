/** Length of a feature's key: 128 bits as lower-case hexadecimal characters. */
export const FEATURE_KEY_LENGTH = 32;
/** The same in bytes, as shard files hold it. */
export const FEATURE_KEY_BYTES = 16;

const WORDS = 4;
const HEX_KEY = /^[0-9a-f]{32}$/;

/**
 * A map from 128-bit keys to a pair of small integers, in flat arrays: about 40 bytes a key, a third of what a Map
 * of strings takes, and quick to fill from the packed keys of a file.
 *
 * Open addressing with linear probing. Keys are hashes already, so their first word is the hash. Nothing can be
 * removed; the owner overwrites.
 */
export class KeyIndex {
  #count = 0;
  #keys = new Uint32Array(WORDS * 64);
  #first = new Uint32Array(64);
  #second = new Uint32Array(64);
  /** Entry number + 1 by hash; 0: free. A power of two, at most half full. */
  #table = new Uint32Array(128);

  /** Number of keys. */
  get count(): number {
    return this.#count;
  }

  /** Entry of a key, or -1. @throws {TypeError} Not 32 lower-case hexadecimal characters. */
  find(key: string): number {
    const words = parseKey(key);
    return this.#table[this.#slot(words, 0)] - 1;
  }

  /** Entry of the key in words[offset, offset + 4), big-endian 32-bit words; added with (0, 0) if new. */
  findOrAdd(words: Uint32Array, offset: number): number {
    const slot = this.#slot(words, offset);
    if (this.#table[slot] !== 0) return this.#table[slot] - 1;
    const entry = this.#count;
    if ((entry + 1) * 2 > this.#table.length) {
      this.#grow();
      return this.findOrAdd(words, offset);
    }
    this.#count += 1;
    this.#keys.set(words.subarray(offset, offset + WORDS), entry * WORDS);
    this.#table[slot] = entry + 1;
    return entry;
  }

  /** First integer of an entry. */
  first(entry: number): number {
    return this.#first[entry];
  }

  /** Second integer of an entry. */
  second(entry: number): number {
    return this.#second[entry];
  }

  set(entry: number, first: number, second: number): void {
    this.#first[entry] = first;
    this.#second[entry] = second;
  }

  /** Where the key stands in the table, or the free place where it belongs. */
  #slot(words: Uint32Array, offset: number): number {
    const mask = this.#table.length - 1;
    for (let slot = words[offset] & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#table[slot] - 1;
      if (entry < 0) return slot;
      const at = entry * WORDS;
      if (
        this.#keys[at] === words[offset] &&
        this.#keys[at + 1] === words[offset + 1] &&
        this.#keys[at + 2] === words[offset + 2] &&
        this.#keys[at + 3] === words[offset + 3]
      ) {
        return slot;
      }
    }
  }

  #grow(): void {
    const capacity = this.#first.length * 2;
    this.#keys = enlarged(this.#keys, capacity * WORDS);
    this.#first = enlarged(this.#first, capacity);
    this.#second = enlarged(this.#second, capacity);
    this.#table = new Uint32Array(capacity * 2);
    for (let entry = 0; entry < this.#count; entry++) {
      this.#table[this.#slot(this.#keys, entry * WORDS)] = entry + 1;
    }
  }
}

/** The four big-endian 32-bit words of a key. @throws {TypeError} Not 32 lower-case hexadecimal characters. */
export function parseKey(key: string): Uint32Array {
  if (!HEX_KEY.test(key)) {
    throw new TypeError(`a feature's key must be ${FEATURE_KEY_LENGTH} hexadecimal characters, not '${key}'`);
  }
  const words = new Uint32Array(WORDS);
  for (let i = 0; i < WORDS; i++) words[i] = Number.parseInt(key.slice(8 * i, 8 * i + 8), 16);
  return words;
}

function enlarged(old: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(old);
  return larger;
}
