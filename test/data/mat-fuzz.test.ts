import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { UserError } from '../../src/config/index.ts';
import { describeMat } from '../../src/data/mat/mat-value.ts';
import { readMat } from '../../src/data/mat/read-mat.ts';

const folder = join(import.meta.dirname, '../fixtures/mat');
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.mat'))
  .map((name) => readFileSync(join(folder, name)));

const HEADER_BYTES = 128;
const CODES = new Set(['MAT_DAMAGED', 'MAT_UNSUPPORTED', 'MAT_TOO_LARGE']);
const SLOWEST_MS = 5_000;

interface Change {
  readonly kind: 'flip' | 'set' | 'cut' | 'insert' | 'length' | 'copy';
  /** Place as a share of the file. */
  readonly at: number;
  readonly value: number;
}

/** Values that lengths and sizes are most easily read wrong by. */
const EDGES = [0, 1, 4, 5, 7, 8, 0xffff, 0x10000, 0x50001, 0x7fffffff, 0x80000000, 0xffffffff];

function change(bytes: Buffer, { kind, at, value }: Change): Buffer {
  const place = Math.min(Math.floor(at * bytes.length), bytes.length - 1);
  if (place < 0) return bytes;
  const next = Buffer.from(bytes);
  switch (kind) {
    case 'flip':
      next[place]! ^= 1 << (value % 8);
      return next;
    case 'set':
      next[place] = value % 256;
      return next;
    case 'cut':
      return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + (value % 64))]);
    case 'insert':
      return Buffer.concat([
        bytes.subarray(0, place),
        Buffer.alloc(value % 24, value),
        bytes.subarray(place),
      ]);
    case 'length': {
      // Numbers of the format stand at multiples of four.
      const word = place - (place % 4);
      if (word + 4 <= next.length) next.writeUInt32LE(EDGES[value % EDGES.length]!, word);
      return next;
    }
    case 'copy':
      return Buffer.concat([bytes, bytes.subarray(place)]);
  }
}

/** Everything behind the header as one compressed element, so that changes lie under a sound checksum. */
function pack(bytes: Buffer): Buffer {
  const data = deflateSync(bytes.subarray(HEADER_BYTES));
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(15, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([bytes.subarray(0, HEADER_BYTES), tag, data]);
}

const changes = fc.array(
  fc.record({
    kind: fc.constantFrom('flip', 'set', 'cut', 'insert', 'length', 'copy'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    value: fc.nat(),
  }),
  { minLength: 1, maxLength: 4 },
);

/** A value that was read is whole, or an error is one that a person can act on. */
function check(bytes: Buffer): 'read' | 'refused' {
  const start = performance.now();
  let outcome: 'read' | 'refused' = 'read';
  try {
    for (const value of readMat(bytes, 'fuzz.mat').values()) {
      assert.ok(describeMat(value) !== '');
      const count =
        value.kind === 'unreadable' ? 0 : value.shape.reduce((product, size) => product * size, 1);
      if (value.kind === 'numbers') assert.equal(value.data.length, count);
      if (value.kind === 'cell') assert.equal(value.items.length, count);
      if (value.kind === 'text') assert.equal(value.rows.length, value.shape[0]);
      if (value.kind === 'struct') for (const list of value.fields.values()) assert.equal(list.length, count);
    }
  } catch (error) {
    assert.ok(error instanceof UserError && CODES.has(error.code), String((error as Error).stack));
    assert.ok(error.message.startsWith('fuzz.mat') && error.message.length < 2_000, error.message);
    assert.match(error.message, /expected: .*\n.*found: .*\n.*try: /);
    outcome = 'refused';
  }
  assert.ok(performance.now() - start < SLOWEST_MS);
  return outcome;
}

describe('a changed .mat file', () => {
  it('is read or refused with a clear error, 1000 random cases', () => {
    const outcomes = { read: 0, refused: 0 };
    fc.assert(
      fc.property(fc.nat(files.length - 1), fc.boolean(), changes, (index, compressed, list) => {
        const changed = list.reduce(change, files[index]!);
        outcomes[check(compressed ? pack(changed) : changed)]++;
      }),
      { numRuns: 1000, seed: 5 },
    );
    // Both ends are reached, so the cases are neither all broken at the door nor all harmless.
    assert.ok(outcomes.read > 50 && outcomes.refused > 200, JSON.stringify(outcomes));
  });

  it('is read or refused with a clear error, random bytes behind a sound header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        check(Buffer.concat([files[0]!.subarray(0, HEADER_BYTES), bytes]));
      }),
      { numRuns: 500, seed: 5 },
    );
  });
});
