import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { UserError } from '../../src/config/index.ts';
import { decodePicture } from '../../src/data/index.ts';

interface Picture {
  readonly name: string;
  readonly file: string;
  readonly width?: number;
  readonly height?: number;
  readonly rgb?: string;
  /** Pillow's reason for refusing it. */
  readonly refused?: string;
}

// Made by Pillow 13.0.0 with fixtures/pictures/make.py.
const pictures: Picture[] = JSON.parse(
  readFileSync(new URL('../fixtures/pictures/pictures.json', import.meta.url), 'utf8'),
);
const bytesOf = (name: string) =>
  Buffer.from(pictures.find((picture) => picture.name === name)!.file, 'base64');
const unreadable = (error: unknown) => error instanceof UserError && error.code === 'PICTURE_UNREADABLE';
const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
after(() => rmSync(folder, { recursive: true }));

describe('decodePicture', () => {
  for (const { name, file, width, height, rgb, refused } of pictures) {
    if (refused === undefined) {
      it(`gives Pillow’s bytes of ${name}`, async () => {
        const image = await decodePicture(Buffer.from(file, 'base64'));
        assert.deepEqual([image.width, image.height], [width, height]);
        const expected = Buffer.from(rgb!, 'base64');
        const largest = Math.max(...image.data.map((byte, i) => Math.abs(byte - expected[i])));
        assert.ok(largest <= (name.endsWith('.jpg') ? 2 : 0), `largest difference ${largest}`);
      });
    } else {
      it(`refuses ${name}, as Pillow (“${refused}”), naming its path`, async () => {
        const path = join(folder, name);
        writeFileSync(path, Buffer.from(file, 'base64'));
        await assert.rejects(decodePicture(path), (error) => {
          assert.ok(unreadable(error), String(error));
          assert.ok((error as UserError).message.startsWith(path));
          return true;
        });
      });
    }
  }

  it('names a missing file, an empty one, a folder, and bytes by the name given', async () => {
    const path = join(folder, 'absent.jpg');
    await assert.rejects(
      decodePicture(path),
      (error) =>
        error instanceof UserError && error.code === 'PICTURE_MISSING' && error.message.includes(path),
    );
    writeFileSync(join(folder, 'empty.jpg'), '');
    await assert.rejects(
      decodePicture(join(folder, 'empty.jpg')),
      (error) => unreadable(error) && /empty file/.test(String(error)),
    );
    await assert.rejects(decodePicture(folder), unreadable);
    await assert.rejects(
      decodePicture(new Uint8Array([1, 2, 3]), 'split.json row 7'),
      (error) => unreadable(error) && /split\.json row 7/.test(String(error)),
    );
  });

  for (const [title, offset, bytes] of [
    ['run-length compression', 30, [1, 0, 0, 0]],
    ['16 bits a pixel', 28, [16, 0]],
    ['a width of minus one', 18, [255, 255, 255, 255]],
    ['a height of two thousand million', 22, [0, 148, 53, 119]],
    ['an old, short header', 14, [12, 0, 0, 0]],
    ['pixels far behind its end', 10, [255, 255, 255, 127]],
  ] as const) {
    it(`refuses a BMP with ${title}`, async () => {
      const bmp = bytesOf('colour.bmp');
      bmp.set(bytes, offset);
      await assert.rejects(decodePicture(bmp), unreadable);
    });
  }

  it('answers any damage with a picture or a UserError, never with a crash', async () => {
    const names = pictures.filter(({ refused }) => refused === undefined).map(({ name }) => name);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        fc.nat(),
        async (name, edits, length) => {
          const bytes = bytesOf(name);
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          const cut = edits.length % 2 === 0 ? bytes.subarray(0, length % (bytes.length + 1)) : bytes;
          try {
            const image = await decodePicture(cut);
            assert.equal(image.data.length, image.width * image.height * 3);
          } catch (error) {
            assert.ok(unreadable(error), String(error));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
