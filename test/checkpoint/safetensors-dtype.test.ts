import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { toFloat32, toInt32 } from '../../src/checkpoint/safetensors-dtype.ts';
import { UserError } from '../../src/config/errors.ts';

const every16Bits = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

describe('toFloat32', () => {
  it('expands every half-precision pattern as Python does', () => {
    const values = toFloat32({ dtype: 'F16', shape: [65536], data: every16Bits });
    const withoutNaN = values.map((value) => (Number.isNaN(value) ? 0 : value));
    // SHA-256 over struct.unpack('<e', …) of all 65,536 patterns packed as '<f', NaN written as 0 (Python 3.11).
    const expected = 'faa6d965574036872b0d39a42d1f8bee361d5be92b1e718155a69556a5abacdd';
    assert.equal(createHash('sha256').update(new Uint8Array(withoutNaN.buffer)).digest('hex'), expected);
    assert.equal(values.filter(Number.isNaN).length, 2 * 1023);
  });

  it('expands every bfloat16 pattern to the float32 whose upper half it is', () => {
    const values = toFloat32({ dtype: 'BF16', shape: [65536], data: every16Bits });
    const view = new DataView(values.buffer);
    for (const bits of [0, 1, 0x3f80, 0x4049, 0x8000, 0xc2f7, 0xff7f, 0xff80]) {
      assert.equal(view.getUint32(4 * bits, true) >>> 16, bits);
      assert.equal(view.getUint16(4 * bits, true), 0);
    }
    assert.equal(values[0x3f80], 1);
    assert.equal(values[0x4049], 3.140625);
    assert.equal(values[0xff80], Number.NEGATIVE_INFINITY);
  });

  it('takes integers and doubles, and hands float32 through without a copy', () => {
    const data = new Float32Array([1, 2]);
    assert.equal(toFloat32({ dtype: 'F32', shape: [2], data }), data);
    const i64 = toFloat32({ dtype: 'I64', shape: [2], data: new BigInt64Array([-3n, 2n ** 40n]) });
    assert.deepEqual(i64, new Float32Array([-3, 2 ** 40]));
    assert.deepEqual(
      toFloat32({ dtype: 'F64', shape: [1], data: new Float64Array([0.1]) }),
      new Float32Array([0.1]),
    );
    assert.deepEqual(
      toFloat32({ dtype: 'U8', shape: [1], data: new Uint8Array([200]) }),
      new Float32Array([200]),
    );
  });
});

describe('toInt32', () => {
  it('narrows int64 that fits', () => {
    const data = new BigInt64Array([0n, -1n, 2147483647n, -2147483648n]);
    assert.deepEqual(
      toInt32({ dtype: 'I64', shape: [4], data }, 'labels'),
      new Int32Array([0, -1, 2147483647, -2147483648]),
    );
    assert.deepEqual(
      toInt32({ dtype: 'U8', shape: [1], data: new Uint8Array([255]) }, 'labels'),
      new Int32Array([255]),
    );
  });

  it('refuses int64 that does not fit, naming place and value', () => {
    for (const value of [2n ** 31n, -(2n ** 31n) - 1n, 2n ** 62n]) {
      assert.throws(
        () =>
          toInt32(
            { dtype: 'I64', shape: [2], data: new BigInt64Array([1n, value]) },
            'a.safetensors: labels',
          ),
        (error) =>
          error instanceof UserError &&
          error.code === 'TENSOR_OUT_OF_RANGE' &&
          error.message.includes('a.safetensors: labels') &&
          error.message.includes(`${value} at element 1`),
      );
    }
  });

  it('refuses floating-point tensors', () => {
    assert.throws(
      () => toInt32({ dtype: 'F32', shape: [1], data: new Float32Array([1]) }, 'labels'),
      (error) => error instanceof UserError && error.code === 'TENSOR_NOT_INTEGER',
    );
  });
});
