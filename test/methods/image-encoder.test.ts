import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encodeImages, openCheckpoint } from '../../src/clip/index.ts';
import type { RgbImage } from '../../src/data/index.ts';
import * as ir from '../../src/ir/index.ts';
import { ImageEncoder } from '../../src/methods/index.ts';
import { onnxEngine, referenceEngine } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const checkpoint = await openCheckpoint(fixture('checkpoints/vit.openai.safetensors'));
const encoder = await ImageEncoder.compile(onnxEngine(), checkpoint);
after(() => encoder.dispose());
const { resolution, embedDim, batch } = encoder;

/** A picture of its own for every index. */
const picture = (i: number): RgbImage => ({
  width: resolution,
  height: resolution,
  data: Uint8Array.from({ length: 3 * resolution ** 2 }, (_, at) => (at * (2 * i + 1) + 31 * i) % 256),
});
const count = 2 * batch + 5;
const one = await encoder.encode(count, async (i) => picture(i));
const row = (i: number) => one.subarray(i * embedDim, (i + 1) * embedDim);

describe('ImageEncoder', () => {
  it('gives what the exact interpreter makes of normalised pictures', async () => {
    // Normalised here, by the published mean and deviation.
    const [mean, std] = [
      [0.48145466, 0.4578275, 0.40821073],
      [0.26862954, 0.26130258, 0.27577711],
    ];
    const plane = resolution ** 2;
    const image = Float32Array.from({ length: 2 * 3 * plane }, (_, at) => {
      const [n, c] = [Math.floor(at / (3 * plane)), Math.floor(at / plane) % 3];
      return (picture(n).data[3 * (at % plane) + c]! / 255 - mean[c]!) / std[c]!;
    });
    const graph = ir.makeGraph({ features: encodeImages(checkpoint, 2) });
    const exact = await referenceEngine().compile(graph);
    const { features } = await exact.run({ image });
    assert.ok(relativeError(one.subarray(0, 2 * embedDim), features!) < 1e-5);
  });

  for (const ahead of [0, 1, batch, 100]) {
    it(`gives the same bits with ${ahead} pictures loaded ahead, in whatever order they come`, async () => {
      const load = async (i: number) => {
        await sleep((5 * i) % 7);
        return picture(i);
      };
      assert.deepEqual(await encoder.encode(count, load, ahead), one);
    });
  }

  it('tells which pictures were left out, also of a whole batch, without moving others between batches', async () => {
    const missing = (i: number) => i === 1 || Math.floor(i / batch) === 1;
    const batches: number[][] = [];
    for await (const { indices, features } of encoder.encodeBatches(
      count,
      async (i) => (missing(i) ? null : picture(i)),
      batch,
    )) {
      batches.push([...indices]);
      assert.equal(features.length, indices.length * embedDim);
      for (const [r, i] of indices.entries()) {
        assert.ok(relativeError(features.subarray(r * embedDim, (r + 1) * embedDim), row(i)) < 1e-6);
      }
    }
    const all = Array.from({ length: count }, (_, i) => i);
    assert.deepEqual(batches, [all.slice(0, batch).filter((i) => i !== 1), [], all.slice(2 * batch)]);
  });

  it('has the batch that runs and those ahead in memory, and no more, and stops when its caller does', async () => {
    let asked = 0;
    const load = async (i: number) => {
      asked += 1;
      await sleep(1);
      return picture(i);
    };
    const seen: number[] = [];
    for await (const { indices } of encoder.encodeBatches(50 * batch, load, batch + 1)) {
      seen.push(indices[0]!);
      assert.ok(asked <= (seen.length + 2) * batch, `${asked} after ${seen.length} batches`);
      if (seen.length === 3) break;
    }
    const before = asked;
    await sleep(20);
    assert.deepEqual([seen, asked], [[0, batch, 2 * batch], before]);
  });

  it('passes on what loading throws when the batch’s turn has come', async () => {
    const load = async (i: number) => {
      if (i === batch + 1) throw new Error('picture 1 of batch 1');
      return picture(i);
    };
    let batches = 0;
    await assert.rejects(async () => {
      for await (const _ of encoder.encodeBatches(count, load, 100)) batches += 1;
    }, /picture 1 of batch 1/);
    assert.equal(batches, 1);
  });
});
