import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import {
  encodeSafetensors,
  openSafetensors,
  readSafetensors,
  writeSafetensors,
} from '../../src/checkpoint/safetensors.ts';
import type { StoredTensor } from '../../src/checkpoint/safetensors-dtype.ts';
import { UserError } from '../../src/config/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
after(() => rmSync(folder, { recursive: true }));
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** A file laid out by hand from the format's description: length, JSON, bytes. */
function layOut(header: string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeUInt32LE(json.length, 0);
  return Buffer.concat([length, json, body]);
}

const everyDtype: Record<string, StoredTensor> = {
  f64: { dtype: 'F64', shape: [2], data: new Float64Array([Math.PI, -0]) },
  f32: { dtype: 'F32', shape: [1, 2], data: new Float32Array([1.5, -2]) },
  f16: { dtype: 'F16', shape: [1], data: new Uint16Array([0x3c00]) },
  bf16: { dtype: 'BF16', shape: [3], data: new Uint16Array([1, 2, 3]) },
  i64: { dtype: 'I64', shape: [2, 1], data: new BigInt64Array([-1n, 2n ** 62n]) },
  i32: { dtype: 'I32', shape: [], data: new Int32Array([-5]) },
  i16: { dtype: 'I16', shape: [1], data: new Int16Array([-300]) },
  u8: { dtype: 'U8', shape: [3], data: new Uint8Array([0, 128, 255]) },
  i8: { dtype: 'I8', shape: [1], data: new Int8Array([-128]) },
  bool: { dtype: 'BOOL', shape: [2], data: new Uint8Array([1, 0]) },
  empty: { dtype: 'F32', shape: [0, 7], data: new Float32Array(0) },
};

describe('readSafetensors', () => {
  it('reads a file laid out by hand, at any alignment', () => {
    const body = new Uint8Array([7, 0, 0, 128, 63, 0, 0, 0, 192]);
    const header =
      '{"b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},"__metadata__":{"k":"v","__proto__":"p"},' +
      '"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
    const file = layOut(header, body);
    const shifted = new Uint8Array(file.length + 3).subarray(3);
    shifted.set(file);
    for (const bytes of [file, shifted]) {
      const { tensors, metadata } = readSafetensors(bytes);
      assert.deepEqual([...tensors.keys()], ['b', '__proto__']);
      assert.deepEqual(tensors.get('b'), { dtype: 'F32', shape: [2], data: new Float32Array([1, -2]) });
      assert.deepEqual(tensors.get('__proto__')?.data, new Uint8Array([7]));
      assert.deepEqual(Object.entries(metadata), [
        ['k', 'v'],
        ['__proto__', 'p'],
      ]);
    }
  });

  it('reads what the format’s reference library wrote', () => {
    const vit = readSafetensors(fixture('checkpoints/vit.openai.safetensors')).tensors;
    assert.equal(vit.get('token_embedding.weight')?.dtype, 'F16');
    assert.equal(vit.get('token_embedding.weight')?.shape[0], 4096);
    assert.equal(vit.get('logit_scale')?.dtype, 'F32');
  });

  it('reads the same from disk, from memory and tensor by tensor', () => {
    const path = fixture('preprocess/expected.safetensors');
    const whole = readSafetensors(path).tensors;
    const memory = readSafetensors(readFileSync(path)).tensors;
    const file = openSafetensors(path);
    assert.ok(whole.size > 50);
    for (const [name, tensor] of whole) {
      assert.deepEqual(memory.get(name), tensor);
      assert.deepEqual(file.read(name), tensor);
    }
    file.close();
  });
});

describe('writeSafetensors', () => {
  it('lays tensors out as the format says, wide elements first, body aligned to 8 bytes', () => {
    const bytes = encodeSafetensors({
      a: { dtype: 'U8', shape: [2], data: new Uint8Array([1, 2]) },
      b: { dtype: 'I32', shape: [1], data: new Int32Array([-1]) },
    });
    const header =
      '{"b":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    assert.deepEqual(
      Buffer.from(bytes),
      Buffer.from(layOut(padded, new Uint8Array([255, 255, 255, 255, 1, 2]))),
    );
  });

  it('returns every element type, shape and metadata pair when read again', () => {
    const path = join(folder, 'all.safetensors');
    writeSafetensors(path, everyDtype, { paths: '["a.jpg"]', 'ü "quoted"': 'x\ny' });
    const { tensors, metadata } = readSafetensors(path);
    assert.deepEqual(Object.fromEntries(tensors), everyDtype);
    assert.deepEqual({ ...metadata }, { paths: '["a.jpg"]', 'ü "quoted"': 'x\ny' });
    assert.deepEqual(readdirSync(folder), ['all.safetensors'], 'no temporary file stays behind');
  });

  it('writes views into larger buffers as the view, not the buffer', () => {
    const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    const back = readSafetensors(encodeSafetensors({ a: { dtype: 'F32', shape: [2], data } }));
    assert.deepEqual(back.tensors.get('a')?.data, new Float32Array([1, 2]));
  });

  it('keeps tensors named like parts of an object', () => {
    const names = ['10', '__proto__', 'constructor', 'toString'];
    const data = new Uint8Array([1]);
    const tensors = new Map(names.map((name) => [name, { dtype: 'U8', shape: [1], data } as const]));
    const { tensors: back } = readSafetensors(encodeSafetensors(tensors));
    assert.deepEqual([...back.keys()].sort(), names);
  });

  it('leaves the old file and nothing else when it cannot write', () => {
    const path = join(folder, 'no-such-folder', 'x.safetensors');
    assert.throws(
      () => writeSafetensors(path, {}),
      (error) =>
        error instanceof UserError && error.code === 'FOLDER_NOT_WRITABLE' && error.message.includes(path),
    );
  });
});

describe('a damaged safetensors file', () => {
  const one = (entry: string, body = 8) => layOut(`{"w":${entry}}`, new Uint8Array(body));
  const good = '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}';
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['empty', new Uint8Array(0), /0 bytes[\s\S]*cut off/],
    ['cut off in its length', new Uint8Array([3, 0, 0]), /3 bytes/],
    ['cut off in its header', layOut(`{"w":${good}}`).subarray(0, 20), /header of \d+ bytes[\s\S]*cut off/],
    ['cut off in its tensors', one(good, 5), /8 bytes by the header|cut off/],
    ['longer than its tensors', one(good, 9), /more than its tensors/],
    [
      'with an absurd header length',
      new Uint8Array(100).fill(255),
      /at most 100000000[\s\S]*no safetensors file/,
    ],
    ['a zip archive', Buffer.from(`PK\x03\x04${'x'.repeat(50)}`), /no safetensors file/],
    ['with a header that is no JSON', layOut('{"w":', new Uint8Array(8)), /header in JSON/],
    ['with a header that is no UTF-8', Buffer.concat([layOut(''), Buffer.from([0xff, 0xfe])]), /JSON/],
    ['with a header that is a list', layOut('[1,2]'), /JSON object/],
    ['with a tensor that is no object', one('7'), /tensor "w" is 7/],
    ['with an unknown dtype', one('{"dtype":"F8","shape":[2],"data_offsets":[0,8]}'), /dtype "F8"/],
    ['with a dtype named like an object’s part', one('{"dtype":"constructor","shape":[]}'), /"constructor"/],
    ['with a negative size', one('{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}'), /shape \[-2\]/],
    ['with a fractional size', one('{"dtype":"F32","shape":[0.5],"data_offsets":[0,2]}'), /shape \[0\.5\]/],
    [
      'with sizes beyond all numbers',
      one('{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,8]}'),
      /bytes 0 to 8/,
    ],
    [
      'with a size that does not fit',
      one('{"dtype":"F32","shape":[3],"data_offsets":[0,8]}'),
      /12 bytes for F32 \[3\]/,
    ],
    ['with three offsets', one('{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}'), /data_offsets/],
    ['with offsets backwards', one('{"dtype":"F32","shape":[2],"data_offsets":[8,0]}'), /bytes 8 to 0/],
    ['with an offset past the end', one('{"dtype":"F32","shape":[2],"data_offsets":[8,16]}'), /gap/],
    [
      'with overlapping tensors',
      layOut(`{"a":${good},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, new Uint8Array(12)),
      /"b"[\s\S]*overlaps/,
    ],
    [
      'with a gap between tensors',
      layOut(`{"a":${good},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}`, new Uint8Array(16)),
      /"b"[\s\S]*gap/,
    ],
    ['with numbers as metadata', layOut('{"__metadata__":{"a":1}}'), /text as metadata "a"/],
  ];
  for (const [title, bytes, message] of cases) {
    it(`${title} is refused, from memory and from disk`, () => {
      const path = join(folder, 'damaged.safetensors');
      writeFileSync(path, bytes);
      for (const [source, where] of [
        [bytes, 'safetensors bytes'],
        [path, path],
      ] as const) {
        assert.throws(
          () => readSafetensors(source),
          (error) => {
            assert.ok(error instanceof UserError, String(error));
            assert.equal(error.code, 'SAFETENSORS_DAMAGED');
            assert.ok(error.message.startsWith(where));
            assert.match(error.message, message);
            return true;
          },
        );
      }
    });
  }

  it('is refused wherever one or several bytes of it are wrong, and never crashes or hangs', () => {
    const whole = encodeSafetensors(everyDtype, { k: 'v' });
    const edit = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 6 }), fc.nat(whole.length), (edits, length) => {
        const bytes = Uint8Array.from(whole);
        for (const [index, value] of edits) bytes[index] = value;
        const damaged = bytes.subarray(0, edits.length % 2 === 0 ? length : whole.length);
        try {
          const { tensors } = readSafetensors(damaged);
          for (const { shape, data } of tensors.values()) {
            assert.equal(
              data.length,
              shape.reduce((a, b) => a * b, 1),
            );
          }
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
        }
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.json(), fc.uint8Array({ maxLength: 20 }), (header, body) => {
        try {
          readSafetensors(layOut(header, body));
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
        }
      }),
    );
  });

  it('that is missing, or a folder, is named', () => {
    assert.throws(
      () => readSafetensors(join(folder, 'absent.safetensors')),
      (error) => error instanceof UserError && /absent\.safetensors[\s\S]*no such file/.test(error.message),
    );
    assert.throws(
      () => readSafetensors(folder),
      (error) =>
        error instanceof UserError &&
        error.code === 'FILE_UNREADABLE' &&
        /no regular file/.test(error.message),
    );
  });

  it('names near names for a tensor it does not hold', () => {
    const file = openSafetensors(fixture('checkpoints/vit.openai.safetensors'));
    assert.throws(
      () => file.read('visual.conv1.weights'),
      (error) =>
        error instanceof UserError &&
        error.code === 'TENSOR_MISSING' &&
        /near names: .*visual\.conv1\.weight/.test(error.message),
    );
    file.close();
  });

  it('that shrinks after it was opened is refused when read', () => {
    const path = join(folder, 'shrinks.safetensors');
    writeSafetensors(path, { a: { dtype: 'F32', shape: [100], data: new Float32Array(100) } });
    const file = openSafetensors(path);
    writeFileSync(path, readFileSync(path).subarray(0, 200));
    assert.throws(() => file.read('a'), /the file ends at byte 200/);
    file.close();
  });
});
