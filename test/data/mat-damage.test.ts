import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { UserError } from '../../src/config/index.ts';
import { readMat } from '../../src/data/mat/read-mat.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/mat', name));

const refused =
  (code: string, ...words: string[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.ok(error.message.includes(word), `${word} in\n${error.message}`);
    return true;
  };

// Parts of a little-endian file, laid out as MathWorks' "MAT-File Format" has them.
const [INT8, INT32, UINT32, DOUBLE, MATRIX, COMPRESSED, UTF8] = [1, 5, 6, 9, 14, 15, 16];
const [CELL, STRUCT, CHAR, DOUBLE_CLASS] = [1, 2, 4, 6];

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeInt32LE(value | 0, i * 4);
  return bytes;
}

function element(type: number, data: Buffer): Buffer {
  const filling = type === COMPRESSED ? 0 : (8 - (data.length % 8)) % 8;
  return Buffer.concat([words(type, data.length), data, Buffer.alloc(filling)]);
}

function array(mxClass: number, shape: readonly number[], name: string, ...parts: Buffer[]): Buffer {
  return element(
    MATRIX,
    Buffer.concat([
      element(UINT32, words(mxClass, 0)),
      element(INT32, words(...shape)),
      element(INT8, Buffer.from(name)),
      ...parts,
    ]),
  );
}

const header = fixture('classes.mat').subarray(0, 128);
const file = (...elements: Buffer[]) => Buffer.concat([header, ...elements]);
const packed = (data: Buffer) => element(COMPRESSED, deflateSync(data));
const MiB = 2 ** 20;

describe('another form of .mat file is refused with what to do', () => {
  it('level 4', () => {
    assert.throws(
      () => readMat(fixture('level4.mat'), 'a.mat'),
      refused('MAT_UNSUPPORTED', 'a.mat', 'level 4', "'-v7'", 'scipy.io.savemat'),
    );
  });

  it('version 7.3, with MATLAB’s header or as plain HDF5', () => {
    const signature = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
    const matlab = Buffer.from(header);
    matlab.writeUInt16LE(0x0200, 124);
    for (const bytes of [matlab, signature, Buffer.concat([Buffer.alloc(512, 32), signature])]) {
      assert.throws(() => readMat(bytes, 'a.mat'), refused('MAT_UNSUPPORTED', '7.3', "'-v7'", 'savemat'));
    }
  });

  it('no .mat file: the message shows how it starts', () => {
    const page = Buffer.from(`<!DOCTYPE html><title>404</title>${' '.repeat(200)}`);
    assert.throws(() => readMat(page, 'a.mat'), refused('MAT_DAMAGED', 'starts with "<!DOCTYPE html>'));
    assert.throws(() => readMat(Buffer.alloc(0), 'a.mat'), refused('MAT_DAMAGED', 'an empty file'));
    assert.throws(() => readMat(Buffer.alloc(4096), 'a.mat'), refused('MAT_DAMAGED', 'starts with'));
    const version = Buffer.from(header);
    version.writeUInt16LE(0x0300, 124);
    assert.throws(() => readMat(version, 'a.mat'), refused('MAT_DAMAGED', '0x0300'));
  });
});

describe('a damaged .mat file is refused', () => {
  it('wherever it is cut, unless between two variables', () => {
    for (const name of ['nested.mat', 'text.compressed.mat']) {
      const bytes = fixture(name);
      const whole = readMat(bytes, name);
      let shorter = 0;
      for (let length = 0; length < bytes.length; length++) {
        try {
          const part = readMat(bytes.subarray(0, length), name);
          assert.ok(part.size < whole.size);
          for (const [key, value] of part) assert.deepEqual(value, whole.get(key));
          shorter++;
        } catch (error) {
          refused('MAT_DAMAGED')(error);
        }
      }
      // One cut after the header, one after each variable but the last; the filling of a last value may be missing.
      assert.ok(shorter >= whole.size && shorter < whole.size * 8, `${shorter}`);
    }
  });

  it('where a compressed variable fails its checksum', () => {
    const bytes = Buffer.from(fixture('labels.mat'));
    bytes.writeUInt8(bytes.at(-1)! ^ 1, bytes.length - 1);
    assert.throws(() => readMat(bytes, 'a.mat'), refused('MAT_DAMAGED', 'a compressed variable'));
  });

  it('where sizes and contents do not agree', () => {
    const one = element(DOUBLE, Buffer.alloc(8));
    const cases: [Buffer, string][] = [
      [array(DOUBLE_CLASS, [1, 2], 'x', one), '2 numbers'],
      [array(DOUBLE_CLASS, [-1, -1], 'x', one), 'none below 0'],
      [array(DOUBLE_CLASS, [1], 'x', one), 'two or more sizes'],
      [array(DOUBLE_CLASS, [2 ** 31 - 1, 2 ** 31 - 1], 'x', one), 'numbers of 8 bytes'],
      [array(DOUBLE_CLASS, [1, 1], 'x', element(UTF8, Buffer.alloc(8))), 'data of type 16'],
      [array(99, [1, 1], 'x', one), 'class 99'],
      [array(CHAR, [1, 3], 'x', element(UTF8, Buffer.from('ab'))), '3 characters'],
      [array(CHAR, [1, 1], 'x', one), 'characters'],
      [array(CELL, [1, 2 ** 31 - 1], 'x'), '2147483647 values'],
      [array(CELL, [1, 1], 'x', one), 'an array'],
      [
        array(STRUCT, [2 ** 30, 2 ** 30], 'x', element(INT32, words(2)), element(INT8, Buffer.from('a\0'))),
        'values',
      ],
      [
        array(STRUCT, [1, 1], 'x', element(INT32, words(3)), element(INT8, Buffer.from('a\0'))),
        'field names',
      ],
      [array(DOUBLE_CLASS, [1, 1], 'x'.repeat(5000), one), 'a name of at most 1024'],
      [one, 'a variable'],
      [packed(packed(array(DOUBLE_CLASS, [1, 1], 'x', one))), 'a variable'],
      [element(MATRIX, one), 'flags'],
    ];
    for (const [data, found] of cases)
      assert.throws(() => readMat(file(data), 'a'), refused('MAT_DAMAGED', found));
  });

  it('but not for what cannot be built: such a value waits until it is wanted', () => {
    const names = Buffer.from('a\0a\0');
    const empty = element(MATRIX, Buffer.alloc(0));
    const values = readMat(
      file(
        array(STRUCT, [1, 1], 'twice', element(INT32, words(2)), element(INT8, names), empty, empty),
        array(CHAR, [1, 1], 'broken', element(UTF8, Buffer.from([0xff]))),
        array(CHAR, [1, 1, 1], 'cube', element(UTF8, Buffer.from('a'))),
        array(
          STRUCT,
          [2 ** 31 - 1, 2 ** 31 - 1],
          'fieldless',
          element(INT32, words(1)),
          element(INT8, names.subarray(4)),
        ),
      ),
      'a.mat',
    );
    assert.deepEqual(
      Array.from(values.values(), ({ kind }) => kind),
      ['unreadable', 'unreadable', 'unreadable', 'struct'],
    );
  });
});

describe('a small .mat file cannot fill memory', () => {
  it('by compression: what it unpacks to is counted together', () => {
    const zeros = packed(
      array(DOUBLE_CLASS, [1, 5 * 2 ** 16], 'x', element(DOUBLE, Buffer.alloc(2.5 * MiB))),
    );
    const limits = { bytes: 30 * MiB, depth: 64 };
    assert.equal(readMat(file(zeros), 'a.mat', limits).size, 1);
    assert.throws(
      () => readMat(file(zeros, zeros), 'a.mat', limits),
      refused('MAT_TOO_LARGE', 'a.mat', 'at most 31,457,280 bytes'),
    );
    const bomb = packed(Buffer.alloc(64 * MiB));
    assert.ok(bomb.length < MiB);
    assert.throws(() => readMat(file(bomb), 'a.mat', limits), refused('MAT_TOO_LARGE'));
  });

  it('by many small values', () => {
    const cells = Buffer.concat(Array.from({ length: 200_000 }, () => words(MATRIX, 0)));
    const limits = { bytes: 2 * MiB, depth: 64 };
    assert.throws(
      () => readMat(file(array(CELL, [1, 200_000], 'x', cells)), 'a.mat', limits),
      refused('MAT_TOO_LARGE'),
    );
  });

  it('by text or rows without a character', () => {
    const none = element(UTF8, Buffer.alloc(0));
    for (const shape of [
      [2 ** 31 - 1, 0],
      [2 ** 31 - 1, 2 ** 31 - 1],
    ]) {
      assert.throws(() => readMat(file(array(CHAR, shape, 'x', none)), 'a'), refused('MAT_TOO_LARGE'));
    }
  });

  it('by depth', () => {
    const nest = (depth: number): Buffer => {
      let data = array(DOUBLE_CLASS, [1, 1], '', element(DOUBLE, Buffer.alloc(8)));
      for (let i = 2; i < depth; i++) data = array(CELL, [1, 1], '', data);
      return file(array(CELL, [1, 1], 'x', data));
    };
    assert.equal(readMat(nest(64), 'a.mat').size, 1);
    assert.throws(() => readMat(nest(65), 'a.mat'), refused('MAT_TOO_LARGE', 'nested at most 64 deep'));
    assert.throws(() => readMat(nest(5000), 'a.mat'), refused('MAT_TOO_LARGE'));
  });
});
