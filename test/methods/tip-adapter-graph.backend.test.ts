import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TipAdapterProgram } from '../../src/methods/tip-adapter-program.ts';
import { ENGINES } from '../engines.ts';
import { relativeError } from '../relative-error.ts';
import { numbers, plainLogits, plainLoss, shape, tinyCache } from './tip-adapter-case.ts';

/** float32 against float64 loops. */
const TOLERANCE = 1e-5;
/** Central differences of float64 loops, h = 1e-6, against float32. */
const GRADIENT_TOLERANCE = 2e-5;

const LOGIT_SCALE = 5;
const cache = tinyCache();
const images = numbers(5 * 4, 100);
const labels = Int32Array.of(0, 2, 1, 1, 0);
const strengths = { alpha: 1.5, beta: 2.5 };

/** Gradient of the loss for every key, an element at a time. */
function differences(): number[] {
  const h = 1e-6;
  return Array.from(cache.keys, (_, i) => {
    const loss = (by: number) => {
      const moved = Float64Array.from(cache.keys);
      moved[i]! += by;
      return plainLoss(
        plainLogits(images, { ...cache, keys: moved as unknown as Float32Array }, strengths),
        labels,
      );
    };
    return (loss(h) - loss(-h)) / (2 * h);
  });
}

for (const { title, engine, skip } of ENGINES) {
  describe(`Tip-Adapter in ${title}`, { skip }, () => {
    it('has the logits, loss and gradient of plain loops, and none for an empty slot', async () => {
      const program = new TipAdapterProgram(engine, shape, LOGIT_SCALE);
      const { logits, loss, keysGrad } = await program.step(cache, images, labels, strengths);
      await program.dispose();
      const expected = plainLogits(images, cache, strengths);
      assert.ok(relativeError(logits, expected.flat()) < TOLERANCE);
      assert.ok(Math.abs(loss - plainLoss(expected, labels)) < TOLERANCE);
      assert.ok(relativeError(keysGrad, differences()) < GRADIENT_TOLERANCE);
      assert.deepEqual([...keysGrad.subarray(3 * 4, 4 * 4)], [0, 0, 0, 0]);
    });

    it('scores in parts as the step does in one', async () => {
      const program = new TipAdapterProgram(engine, shape, LOGIT_SCALE);
      const { promptLogits, affinity } = await program.affinity(cache, images);
      const fromKeys = await program.cacheLogits(cache, affinity, strengths.beta);
      await program.dispose();
      const scores = promptLogits.map((logit, i) => logit + strengths.alpha * fromKeys[i]!);
      assert.ok(relativeError(scores, plainLogits(images, cache, strengths).flat()) < TOLERANCE);
    });
  });
}
