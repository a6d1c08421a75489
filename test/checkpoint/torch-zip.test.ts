import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { openTorchFile, type TorchFile } from '../../src/checkpoint/torch/index.ts';
import { refused as refusedBy } from './refused.ts';
import * as p from './torch-parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'torch-zip-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'a.pt');
const storage = new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer);
const goodPickle = p.pickle(p.dict(p.text('w'), p.tensor()));

async function values(path = file): Promise<number[]> {
  const opened = await openTorchFile(path);
  try {
    return Array.from(opened.read('w').data, Number);
  } finally {
    opened.close();
  }
}

const refused = (code: string, pattern: RegExp) => refusedBy(() => values(), code, pattern);

const archive = (...more: p.Member[]) => p.writeArchive(file, goodPickle, more);

describe('openTorchFile on a zip', () => {
  it('reads a plain one, with or without entries it does not know', async () => {
    archive();
    assert.deepEqual(await values(), [1, 2, 3, 4]);
    archive(
      { name: 'archive/byteorder', bytes: Buffer.from('little') },
      { name: 'notes.txt', bytes: storage },
    );
    assert.deepEqual(await values(), [1, 2, 3, 4]);
  });

  it('reads a deflated pickle, and refuses deflated tensors', async () => {
    const packed = deflateRawSync(goodPickle);
    const data = { name: 'archive/data/0', bytes: storage };
    const pkl = { name: 'archive/data.pkl', bytes: packed, method: 8, size: goodPickle.length, crc: 0 };
    p.writeZip(file, [pkl, data]);
    assert.deepEqual(await values(), [1, 2, 3, 4]);
    archive({ name: 'archive/data/0', bytes: deflateRawSync(storage), method: 8, size: 16 });
    await refused('TORCH_COMPRESSED', /"archive\/data\/0"[\s\S]*without compression/);
    p.writeZip(file, [{ ...pkl, method: 14 }, data]);
    await refused('TORCH_COMPRESSED', /method 14/);
  });

  it('refuses big-endian numbers, in either place that says so', async () => {
    for (const name of ['archive/byteorder', 'archive/.data/byteorder']) {
      archive({ name, bytes: Buffer.from('big') });
      await refused('TORCH_BIG_ENDIAN', /"big"/);
    }
  });

  it('refuses names that climb out of the folder, and writes nothing anywhere', async () => {
    const before = readdirSync(folder);
    for (const name of ['../climbed', 'archive/../../climbed', '/climbed', 'C:/climbed', '..\\climbed']) {
      archive({ name, bytes: storage });
      await refused('TORCH_DAMAGED', /climbed/);
    }
    assert.deepEqual(readdirSync(folder), before);
    assert.equal(existsSync(join(folder, '..', 'climbed')), false);
  });

  it('refuses two entries of one name, and two archives in one file', async () => {
    p.writeArchive(file, goodPickle, [{ name: 'archive/data.pkl', bytes: goodPickle }]);
    await refused('TORCH_DAMAGED', /two of "archive\/data\.pkl"/);
    archive({ name: 'other/data.pkl', bytes: goodPickle });
    await refused('TORCH_DAMAGED', /2 of them/);
  });

  it('refuses a zip of something else', async () => {
    p.writeZip(file, [{ name: 'word/document.xml', bytes: storage }]);
    await refused('TORCH_DAMAGED', /one data\.pkl/);
  });

  it('refuses storages that lie over each other', async () => {
    const both = p.pickle(p.dict(p.text('w'), p.tensor(), p.text('v'), p.tensor({ key: '1' })));
    p.writeArchive(file, both, [
      { name: 'archive/data/0', bytes: storage },
      // The directory sends the second to where the first begins, 62 bytes of headers behind the pickle.
      { name: 'archive/data/1', bytes: storage, offset: 30 + 'archive/data.pkl'.length + both.length },
    ]);
    await refused('TORCH_DAMAGED', /lies over/);
  });

  it('refuses a directory whose sizes or places are not those of the file', async () => {
    const cases: [Partial<p.Member>, string, RegExp][] = [
      [{ packedSize: 2 ** 40, size: 2 ** 40 }, 'TORCH_DAMAGED', /overflows|bytes at/],
      [{ packedSize: 17 }, 'TORCH_DAMAGED', /mismatch/],
      [{ packedSize: 8, size: 8 }, 'TORCH_DAMAGED', /16 bytes[\s\S]*8 bytes/],
      [{ offset: 3 }, 'TORCH_DAMAGED', /signature/],
      [{ offset: 2 ** 45 }, 'TORCH_DAMAGED', /bytes at/],
      [{ offset: 2 ** 60 }, 'TORCH_DAMAGED', /bytes at/],
      [{ flags: 1, packedSize: 28, size: 16 }, 'TORCH_DAMAGED', /encrypted/],
      [{ flags: 0x41 }, 'TORCH_DAMAGED', /encryption/],
      [{ crc: 1 }, 'TORCH_DAMAGED', /checksum/],
    ];
    for (const [member, code, pattern] of cases) {
      archive({ name: 'archive/data/0', bytes: storage, ...member });
      await refused(code, pattern);
    }
  });

  it('stops at what a zip bomb states, and refuses to begin with one that states too much', async () => {
    const bomb = deflateRawSync(Buffer.alloc(1 << 28));
    const data = { name: 'archive/data/0', bytes: storage };
    for (const size of [100, 1 << 20, 1 << 28, 2 ** 40]) {
      p.writeZip(file, [{ name: 'archive/data.pkl', bytes: bomb, method: 8, size, crc: 0 }, data]);
      const before = process.memoryUsage().rss;
      await refused(size > 64 << 20 ? 'TORCH_TOO_LARGE' : 'TORCH_DAMAGED', /data\.pkl/);
      assert.ok(process.memoryUsage().rss - before < 200 << 20);
    }
  });

  it('refuses more entries than any checkpoint has, in fact or by claim', async () => {
    p.writeZip(
      file,
      Array.from({ length: 100_001 }, (_, i) => ({ name: `archive/data/${i}` })),
    );
    await refused('TORCH_TOO_LARGE', /100001/);
    archive();
    const bytes = readFileSync(file);
    bytes.writeUInt16LE(0xfffe, bytes.length - 22 + 10);
    writeFileSync(file, bytes);
    await refused('TORCH_DAMAGED', /signature|bytes at/);
  });

  it('refuses a file that is cut off anywhere', async () => {
    archive();
    const whole = readFileSync(file);
    for (let length = 4; length < whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      await refused('TORCH_DAMAGED', /expected/);
    }
  });
});

describe('openTorchFile on a file of many gigabytes', () => {
  it('reads tensors beyond 2 GB and 4 GB, within a storage and between storages, by range', async () => {
    const path = join(folder, 'large.pt');
    const giant = 5 * 2 ** 30;
    // Float32 elements: the last four of 3 GiB, four in the middle and the last ones of 5 GiB, then a small storage.
    const places = { a: 0.75 * 2 ** 30 - 4, b: 2 ** 30 + 1, c: giant / 4 - 4 };
    const pickle = p.pickle(
      p.dict(
        ...[p.text('a'), p.tensor({ key: '0', elements: 0.75 * 2 ** 30, offset: places.a })],
        ...[p.text('b'), p.tensor({ key: '1', elements: giant / 4, offset: places.b })],
        ...[
          p.text('c'),
          p.tensor({ key: '1', elements: giant / 4, offset: places.c, shape: [2, 2], strides: [1, 2] }),
        ],
        ...[p.text('w'), p.tensor({ key: '2' })],
      ),
    );
    const starts = p.writeZip(path, [
      { name: 'archive/data.pkl', bytes: pickle },
      { name: 'archive/data/0', hole: 3 * 2 ** 30 },
      { name: 'archive/data/1', hole: giant },
      { name: 'archive/data/2', bytes: storage },
      { name: 'archive/version', bytes: Buffer.from('3\n') },
    ]);
    const file = openSync(path, 'r+');
    for (const [start, place, first] of [
      [starts[1]!, places.a, 10],
      [starts[2]!, places.b, 20],
      [starts[2]!, places.c, 30],
    ] as const) {
      const bytes = new Uint8Array(Float32Array.of(first, first + 1, first + 2, first + 3).buffer);
      writeSync(file, bytes, 0, 16, start + 4 * place);
    }
    closeSync(file);
    const { size, blocks } = statSync(path);
    assert.ok(size > 8 * 2 ** 30);
    assert.ok(blocks * 512 < 2 ** 20, 'the holes take room on the disk');

    const before = process.memoryUsage().rss;
    const opened: TorchFile = await openTorchFile(path);
    try {
      assert.deepEqual([...opened.read('a').data], [10, 11, 12, 13]);
      assert.deepEqual([...opened.read('b').data], [20, 21, 22, 23]);
      assert.deepEqual([...opened.read('c').data], [30, 32, 31, 33]);
      assert.deepEqual([...opened.read('w').data], [1, 2, 3, 4]);
    } finally {
      opened.close();
      rmSync(path);
    }
    assert.ok(process.memoryUsage().rss - before < 2 ** 30);
  });
});
