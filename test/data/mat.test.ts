import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { MatValue } from '../../src/data/mat/mat-value.ts';
import { readMat } from '../../src/data/mat/read-mat.ts';

const folder = join(import.meta.dirname, '../fixtures/mat');
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
  string,
  Record<string, unknown>
>;

const read = (name: string) => readMat(readFileSync(join(folder, name)), name);

/** JSON knows no infinities: scipy's are written as Python shows them. */
function showNumber(value: number): number | string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return value;
}

/** A value as expected.json has it. */
function plain(value: MatValue): unknown {
  switch (value.kind) {
    case 'numbers':
      return { ...value, data: Array.from(value.data, showNumber) };
    case 'cell':
      return { ...value, items: value.items.map(plain) };
    case 'struct':
      return {
        ...value,
        fields: Object.fromEntries(Array.from(value.fields, ([name, values]) => [name, values.map(plain)])),
      };
    case 'unreadable':
      return { kind: value.kind };
    case 'text':
      return value;
  }
}

describe('a .mat file is read as scipy reads it', () => {
  for (const [name, variables] of Object.entries(expected)) {
    it(name, () => {
      const values = read(name);
      assert.deepEqual(
        Object.fromEntries(Array.from(values, ([key, value]) => [key, plain(value)])),
        variables,
      );
      assert.ok(values.size > 0);
    });
  }
});

describe('the values of a .mat file', () => {
  it('are in column order', () => {
    const square = read('nested.mat').get('square');
    assert.ok(square?.kind === 'cell');
    assert.deepEqual(
      square.items.map((item) => item.kind === 'text' && item.rows[0]),
      ['a', 'b', 'c', 'd'],
    );
    const int8 = read('classes.mat').get('int8');
    assert.ok(int8?.kind === 'numbers');
    // Written as [[0, 1, 2], [127, 4, 5]].
    assert.deepEqual([...int8.data], [0, 127, 1, 4, 2, 5]);
  });

  it('are the same from bytes that start anywhere in a buffer', () => {
    const bytes = readFileSync(join(folder, 'classes.mat'));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    assert.deepEqual(readMat(shifted.subarray(3), 'shifted'), read('classes.mat'));
  });

  it('say what they are where they are not read', () => {
    const what = (name: string, key: string) => {
      const value = read(name).get(key);
      return value?.kind === 'unreadable' ? value.what : value?.kind;
    };
    assert.equal(what('unreadable.mat', 'sparse'), 'a sparse matrix');
    assert.equal(what('unreadable.mat', 'complex'), 'an array of complex numbers');
    assert.equal(what('unreadable.mat', 'large'), 'an array with 64-bit integers beyond 2^53');
    assert.equal(what('unreadable.mat', 'object'), 'an object');
    assert.equal(what('handles.mat', 'handle'), 'a function handle');
    assert.equal(what('handles.mat', 'table'), 'an object (such as a string, table or datetime)');
    assert.equal(what('unreadable.mat', 'kept'), 'numbers');
  });
});
