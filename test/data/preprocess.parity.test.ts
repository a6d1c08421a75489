import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../src/checkpoint/safetensors.ts';
import {
  cropImage,
  decodePicture,
  flipHorizontal,
  type RgbImage,
  resizeBicubic,
  testTransform,
} from '../../src/data/index.ts';

const folder = new URL('../fixtures/preprocess/', import.meta.url);
// Made with Pillow and torchvision (fixtures/README.md); key: file name / what was done.
const { tensors } = readSafetensors(fileURLToPath(new URL('expected.safetensors', folder)));

const decoded = new Map<string, Promise<RgbImage>>();
function decode(file: string): Promise<RgbImage> {
  const known = decoded.get(file) ?? decodePicture(fileURLToPath(new URL(file, folder)));
  decoded.set(file, known);
  return known;
}

/** Answers what the second half of a key names. */
function answer(image: RgbImage, what: string): RgbImage {
  if (what === 'decoded') return image;
  const test = /^test(\d+)$/.exec(what);
  if (test !== null) return testTransform(image, Number(test[1]));
  const crop = /^crop_top(\d+)_left(\d+)_h(\d+)_w(\d+)_size(\d+)_flip$/.exec(what);
  assert.ok(crop, `unknown key ${what}`);
  const [top, left, height, width, size] = crop.slice(1).map(Number);
  return flipHorizontal(resizeBicubic(cropImage(image, { left, top, width, height }), size, size));
}

describe('preprocessing against Pillow and torchvision', () => {
  const files = new Set([...tensors.keys()].map((key) => key.split('/')[0]));

  it('has the four answers of every picture', () => {
    assert.equal(files.size, 18);
    assert.equal(tensors.size, 4 * files.size);
  });

  for (const [key, expected] of tensors) {
    const [file, what] = key.split('/');
    // JPEG decoders may differ by rounding; the version of libvips that is pinned here does not.
    it(`gives the bytes of ${key}`, async () => {
      const image = answer(await decode(file), what);
      assert.deepEqual([image.height, image.width, 3], expected.shape);
      let largest = 0;
      for (let i = 0; i < image.data.length; i += 1) {
        largest = Math.max(largest, Math.abs(image.data[i] - Number(expected.data[i])));
      }
      assert.ok(largest <= (file.endsWith('.jpg') ? 2 : 0), `largest difference ${largest}`);
      if (process.env.SHOW_DIFFERENCE !== undefined && largest > 0) console.log(key, largest);
    });
  }

  it('reads the same picture from bytes as from its path', async () => {
    const path = fileURLToPath(new URL('photo.jpg', folder));
    assert.deepEqual(await decodePicture(readFileSync(path)), await decode('photo.jpg'));
  });
});
