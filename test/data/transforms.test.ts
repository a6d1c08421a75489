import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  cropImage,
  flipHorizontal,
  normalizeInto,
  type RandomStream,
  type RgbImage,
  resizeBicubic,
  stream,
  testTransform,
  trainCrop,
  trainCropBox,
} from '../../src/data/index.ts';

/** Byte i is i · 7919 + ⌊i / 32⌋ · 104729 modulo 256, as fixtures/pictures/make.py has it. */
function pattern([width, height]: readonly [number, number]): RgbImage {
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => (i * 7919 + (i >> 5) * 104729) % 256,
  );
  return { width, height, data };
}

const sha256 = (image: RgbImage) => createHash('sha256').update(image.data).digest('hex');
type Size = readonly [width: number, height: number];

// Made by Pillow 13.0.0 with fixtures/pictures/make.py.
const expected: {
  resized: { from: Size; to: Size; sha256: string }[];
  centred: { from: Size; size: number; sha256: string }[];
} = JSON.parse(readFileSync(new URL('../fixtures/pictures/resized.json', import.meta.url), 'utf8'));

describe('resizeBicubic', () => {
  for (const { from, to, sha256: digest } of expected.resized) {
    it(`gives Pillow’s bytes from ${from.join('×')} to ${to.join('×')}`, () => {
      const resized = resizeBicubic(pattern(from), to[0], to[1]);
      assert.deepEqual([resized.width, resized.height], to);
      assert.equal(sha256(resized), digest);
    });
  }

  it('gives the same bytes again when its tables come from the cache', () => {
    const once = sha256(resizeBicubic(pattern([41, 29]), 17, 33));
    assert.equal(sha256(resizeBicubic(pattern([41, 29]), 17, 33)), once);
  });

  it('never hands out the picture it was given', () => {
    const image = pattern([4, 4]);
    resizeBicubic(image, 4, 4).data.fill(0);
    assert.deepEqual(image, pattern([4, 4]));
  });
});

describe('testTransform', () => {
  for (const { from, size, sha256: digest } of expected.centred) {
    it(`gives the bytes of torchvision’s resize and centre crop from ${from.join('×')} to ${size}`, () => {
      const centred = testTransform(pattern(from), size);
      assert.deepEqual([centred.width, centred.height], [size, size]);
      assert.equal(sha256(centred), digest);
    });
  }

  it('takes a picture of one row without making the giant that resizing it would be', () => {
    const start = performance.now();
    assert.equal(testTransform(pattern([20_000, 1]), 224).data.length, 224 * 224 * 3);
    assert.ok(performance.now() - start < 2000);
  });
});

describe('cropImage', () => {
  const image: RgbImage = {
    width: 2,
    height: 2,
    data: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
  };

  it('cuts the box out', () => {
    assert.deepEqual(
      cropImage(image, { left: 1, top: 0, width: 1, height: 2 }).data,
      new Uint8Array([4, 5, 6, 10, 11, 12]),
    );
  });

  it('is black outside the picture', () => {
    const padded = cropImage(image, { left: -1, top: 1, width: 3, height: 2 });
    assert.deepEqual([...padded.data], [0, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert.ok(cropImage(image, { left: 5, top: 5, width: 1, height: 1 }).data.every((byte) => byte === 0));
  });
});

it('flipHorizontal swaps columns and keeps channels', () => {
  const image: RgbImage = { width: 2, height: 1, data: new Uint8Array([1, 2, 3, 4, 5, 6]) };
  assert.deepEqual(flipHorizontal(image).data, new Uint8Array([4, 5, 6, 1, 2, 3]));
});

describe('trainCropBox', () => {
  it('draws areas uniform in 0.08 to 1 and ratios log-uniform in 3/4 to 4/3 where all fit', () => {
    // In a picture of ratio 1, a crop of area share a and ratio q fits if a ≤ min(q, 1/q). Over those, the mean
    // of a is ∫(m² − 0.08²)/2 / ∫(m − 0.08) for m = e^−|u|, u uniform in ± log(4/3): 0.4778; ratios are symmetric.
    const random = stream('crop-test');
    let [areas, logs, n] = [0, 0, 20_000];
    for (let i = 0; i < n; i += 1) {
      const box = trainCropBox(1000, 1000, random);
      const ratio = box.width / box.height;
      const area = (box.width * box.height) / 1e6;
      assert.ok(ratio > 0.745 && ratio < 1.34 && area > 0.079 && area <= 1);
      assert.ok(
        box.left >= 0 && box.left + box.width <= 1000 && box.top >= 0 && box.top + box.height <= 1000,
      );
      areas += area;
      logs += Math.log(ratio);
    }
    assert.ok(Math.abs(areas / n - 0.4778) < 0.006, `mean area ${areas / n}`);
    assert.ok(Math.abs(logs / n) < 0.005, `mean log ratio ${logs / n}`);
  });

  it('places crops uniformly', () => {
    const random = stream('place-test');
    let [x, count] = [0, 0];
    for (let i = 0; i < 20_000; i += 1) {
      const box = trainCropBox(640, 480, random);
      if (box.width === 640) continue;
      x += box.left / (640 - box.width);
      count += 1;
    }
    assert.ok(Math.abs(x / count - 0.5) < 0.01);
  });

  it('falls back to the largest centred crop of an allowed ratio', () => {
    const random = stream('fallback');
    // torchvision: h = 10, w = round(10 · 4/3) = 13, left = (1000 − 13) // 2; and the same on end.
    assert.deepEqual(trainCropBox(1000, 10, random), { left: 493, top: 0, width: 13, height: 10 });
    assert.deepEqual(trainCropBox(10, 1000, random), { left: 0, top: 493, width: 10, height: 13 });
    assert.deepEqual(trainCropBox(1, 1, random), { left: 0, top: 0, width: 1, height: 1 });
  });

  it('gives a picture inside the picture whatever its size', () => {
    const random = stream('sizes');
    for (let width = 1; width < 30; width += 1) {
      for (let height = 1; height < 30; height += 3) {
        const box = trainCropBox(width, height, random);
        assert.ok(box.width >= 1 && box.height >= 1 && box.left >= 0 && box.top >= 0);
        assert.ok(box.left + box.width <= width && box.top + box.height <= height);
      }
    }
  });
});

describe('trainCrop', () => {
  it('depends on its stream alone', () => {
    const image = pattern([60, 40]);
    const crop = (key: number) => sha256(trainCrop(image, 16, stream('crop', key), { mirror: true }));
    assert.equal(crop(1), crop(1));
    assert.equal(new Set([1, 2, 3, 4, 5].map(crop)).size, 5);
  });

  it('mirrors half of the time, and never where mirroring changes the class', () => {
    // Brightness grows to the right; a mirrored crop falls.
    const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => 8 * (Math.floor(i / 3) % 32));
    const rises = (random: RandomStream, mirror: boolean) => {
      const crop = trainCrop({ width: 32, height: 32, data }, 16, random, { mirror });
      return crop.data[0] < crop.data[15 * 3];
    };
    let rising = 0;
    for (let i = 0; i < 2000; i += 1) {
      rising += rises(stream('mirror', i), true) ? 1 : 0;
      assert.ok(rises(stream('mirror', i), false));
    }
    // Four standard deviations of a fair coin.
    assert.ok(Math.abs(rising - 1000) < 90, `${rising} of 2000`);
  });
});

describe('normalizeInto', () => {
  it('writes channel planes with CLIP’s mean and deviation, from an offset on', () => {
    const out = new Float32Array(8);
    normalizeInto({ width: 2, height: 1, data: new Uint8Array([0, 128, 255, 17, 255, 1]) }, out, 1);
    // numpy float32: (x / 255 − mean) / std.
    const planes = [
      -1.7922625541687012, -1.5440893173217773, 0.16889731585979462, 2.0748836994171143, 2.1458969116210938,
      -1.465999722480774,
    ];
    assert.deepEqual([...out], [0, ...planes, 0]);
  });

  it('refuses a place where the picture does not fit', () => {
    assert.throws(() => normalizeInto(pattern([2, 2]), new Float32Array(12), 1), RangeError);
  });
});
