import type { PickleNames } from './pickle-names.ts';
import { kindOf, PickleProblem, type PickleValue } from './pickle-values.ts';

/** More than any file that is read here needs; reached by hostile files before memory or time run out. */
const STACK_LIMIT = 1_000_000;
const MEMO_LIMIT = 1_000_000;
const OBJECT_LIMIT = 2_000_000;
const COPY_LIMIT = 10_000_000;
const TEXT_LIMIT = 16 << 20;
/** Longest line of a GLOBAL, in bytes. */
const LINE_LIMIT = 4096;

function limited(what: string, limit: number): PickleProblem {
  return new PickleProblem('TOO_LARGE', `at most ${limit} ${what}`, 'more');
}

/** Bytes, stack and memo of a pickle that is being read. Everything it refuses is a `PickleProblem`. */
export class PickleMachine {
  readonly #bytes: Buffer;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack at each open mark. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;
  #objects = 0;
  #copied = 0;
  /** What its names stand for. */
  readonly names: PickleNames;

  constructor(bytes: Uint8Array, names: PickleNames) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.names = names;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  #take(count: number): number {
    const start = this.#at;
    if (count > this.#bytes.length - start) {
      const left = this.#bytes.length - start;
      throw new PickleProblem('DAMAGED', `${count} more bytes`, `${left} before the end`);
    }
    this.#at += count;
    return start;
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#take(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  /** Eight bytes that count something within the pickle. */
  uint64(): number {
    const value = this.#bytes.readBigUInt64LE(this.#take(8));
    if (value > BigInt(this.#bytes.length)) {
      throw new PickleProblem('DAMAGED', `a length of at most ${this.#bytes.length}`, String(value));
    }
    return Number(value);
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  /** A copy of the next bytes. */
  data(length: number): Buffer {
    if (length < 0 || length > TEXT_LIMIT) throw limited('bytes of text', TEXT_LIMIT);
    const start = this.#take(length);
    return Buffer.from(this.#bytes.subarray(start, start + length));
  }

  text(length: number): string {
    return this.data(length).toString('utf8');
  }

  line(): string {
    const end = this.#bytes.subarray(this.#at, this.#at + LINE_LIMIT).indexOf(10) + this.#at;
    if (end < this.#at) {
      if (this.#bytes.length - this.#at >= LINE_LIMIT) throw limited('bytes in a line', LINE_LIMIT);
      throw new PickleProblem('DAMAGED', 'the end of a line', 'the end of the pickle');
    }
    const line = this.text(end - this.#at);
    this.#take(1);
    return line;
  }

  push(value: PickleValue): void {
    if (this.#stack.length >= STACK_LIMIT) throw limited('values on the stack', STACK_LIMIT);
    if (typeof value === 'object') {
      this.#objects += 1;
      if (this.#objects > OBJECT_LIMIT) throw limited('objects', OBJECT_LIMIT);
    }
    this.#stack.push(value);
  }

  /** Takes the last value off the stack. */
  pop(): PickleValue {
    const value = this.top();
    this.#stack.pop();
    return value;
  }

  /** The last value, left on the stack. */
  top(): PickleValue {
    const floor = this.#marks.at(-1) ?? 0;
    if (this.#stack.length <= floor) {
      throw new PickleProblem('DAMAGED', 'a value on the stack', 'none since the last mark');
    }
    return this.#stack.at(-1)!;
  }

  mark(): void {
    if (this.#marks.length >= STACK_LIMIT) throw limited('marks', STACK_LIMIT);
    this.#marks.push(this.#stack.length);
  }

  /** Takes the values since the last mark, and the mark. */
  popMark(): PickleValue[] {
    const floor = this.#marks.pop();
    if (floor === undefined) throw new PickleProblem('DAMAGED', 'a mark on the stack', 'none');
    return this.#stack.splice(floor);
  }

  /** POP takes a mark when there is nothing above it. */
  drop(): void {
    if (this.#marks.length > 0 && this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.pop();
  }

  remember(key: number = this.#memo.size): void {
    if (this.#memo.size >= MEMO_LIMIT) throw limited('remembered values', MEMO_LIMIT);
    this.#memo.set(key, this.top());
  }

  recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw new PickleProblem('DAMAGED', `a remembered value ${key}`, 'none');
    this.push(value);
  }

  /** Counts items that a call copies. */
  readonly spend = (items: number): void => {
    this.#copied += items;
    if (this.#copied > COPY_LIMIT) throw limited('copied items', COPY_LIMIT);
  };

  /** The only value left, at the end. */
  result(): PickleValue {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) {
      throw new PickleProblem('DAMAGED', 'one value at the end', `${kindOf(value)} and others`);
    }
    return value;
  }
}
