import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { ProtobufWriter } from '../../src/runtime/onnx/protobuf.ts';

/** A field's number and wire type, and a reader behind them. */
function open(bytes: Uint8Array): { field: number; wireType: number; reader: protobuf.Reader } {
  const reader = protobuf.Reader.create(bytes);
  const tag = reader.uint32();
  return { field: tag >>> 3, wireType: tag & 7, reader };
}

/** Protocol buffers number fields from 1 to 2²⁹ − 1. */
const field = fc.integer({ min: 1, max: 2 ** 29 - 1 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

describe('ProtobufWriter, read by protobufjs', () => {
  it('writes every int64', () => {
    fc.assert(
      fc.property(field, int64, (number, value) => {
        const { field, wireType, reader } = open(new ProtobufWriter().int(number, value).finish());
        assert.deepEqual([field, wireType], [number, 0]);
        assert.equal(BigInt(reader.int64().toString()), value);
        assert.equal(reader.pos, reader.len);
      }),
      {
        examples: [
          [1, 0n],
          [1, 127n],
          [1, 128n],
          [1, -1n],
          [15, 2n ** 63n - 1n],
          [16, -(2n ** 63n)],
        ],
      },
    );
  });

  it('writes numbers as the integers they are', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const { reader } = open(new ProtobufWriter().int(1, value).finish());
        assert.equal(Number(reader.int64().toString()), value);
      }),
    );
  });

  it('writes every float32', () => {
    fc.assert(
      fc.property(field, fc.float(), (number, value) => {
        const { field, wireType, reader } = open(new ProtobufWriter().float(number, value).finish());
        assert.deepEqual([field, wireType], [number, 5]);
        assert.ok(Object.is(reader.float(), value));
      }),
      {
        examples: [
          [1, -0],
          [1, Number.NaN],
          [1, Number.POSITIVE_INFINITY],
          [1, 2 ** -149],
        ],
      },
    );
  });

  it('writes text as UTF-8, and bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.uint8Array({ maxLength: 300 }),
        (text, bytes) => {
          const { wireType, reader } = open(new ProtobufWriter().string(3, text).bytes(4, bytes).finish());
          assert.equal(wireType, 2);
          assert.equal(reader.string(), text);
          assert.equal(reader.uint32(), 4 * 8 + 2);
          assert.deepEqual(new Uint8Array(reader.bytes()), bytes);
          assert.equal(reader.pos, reader.len);
        },
      ),
    );
  });

  it('nests messages with their lengths', () => {
    fc.assert(
      fc.property(fc.array(int64, { maxLength: 40 }), fc.nat({ max: 20 }), (values, depth) => {
        let writer = new ProtobufWriter();
        for (const value of values) writer.int(1, value);
        for (let i = 0; i < depth; i++) writer = new ProtobufWriter().message(2, writer);
        let bytes = writer.finish();
        for (let i = 0; i < depth; i++) {
          const { field, reader } = open(bytes);
          assert.equal(field, 2);
          bytes = reader.bytes();
          assert.equal(reader.pos, reader.len);
        }
        const reader = protobuf.Reader.create(bytes);
        const read: bigint[] = [];
        while (reader.pos < reader.len) {
          reader.uint32();
          read.push(BigInt(reader.int64().toString()));
        }
        assert.deepEqual(read, values);
      }),
    );
  });
});
