import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadDataset } from '../../datasets/index.ts';
import { openCheckpoint } from '../../src/clip/index.ts';
import { drawIcon, loadPicture, type RgbImage, testTransform } from '../../src/data/index.ts';
import { ImageEncoder } from '../../src/methods/index.ts';
import { onnxEngine } from '../../src/runtime/index.ts';

const model = fileURLToPath(new URL('../../models/icon-clip-rn.safetensors', import.meta.url));

test("a picture's feature has the same bits wherever it stands in a batch, and beside whatever", async () => {
  const encoder = await ImageEncoder.compile(onnxEngine(), await openCheckpoint(model));
  const { test: pictures } = await loadDataset('icons_nature');
  const images: RgbImage[] = [];
  for (const { picture } of pictures.slice(0, 40)) {
    images.push(testTransform(await loadPicture(picture, encoder.resolution), encoder.resolution));
  }
  const straight = await encoder.encode(images.length, async (i) => images[i]!);
  const reversed = await encoder.encode(images.length, async (i) => images[images.length - 1 - i]!);
  const { embedDim } = encoder;
  for (let i = 0; i < images.length; i++) {
    const mirrored = images.length - 1 - i;
    assert.deepEqual(
      reversed.subarray(mirrored * embedDim, (mirrored + 1) * embedDim),
      straight.subarray(i * embedDim, (i + 1) * embedDim),
      `picture ${i}`,
    );
  }
  await encoder.dispose();
});

test('a drawing is black on white at the size asked for', () => {
  const { width, height, data } = drawIcon('feather', 'x', 64);
  assert.deepEqual([width, height, data.length], [64, 64, 64 * 64 * 3]);
  assert.deepEqual([...data.subarray(0, 3)], [255, 255, 255]);
  assert.ok(Math.min(...data) < 60);
});
