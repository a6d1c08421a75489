import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { learningRates } from '../../src/train/schedule.ts';

const published = JSON.parse(
  readFileSync(new URL('../fixtures/coop/lr_per_epoch.json', import.meta.url), 'utf8'),
) as Record<string, number[]>;

const coop = { baseLr: 0.002, warmupEpochs: 1, warmupLr: 1e-5 };

for (const [epochs, expected] of Object.entries(published)) {
  test(`rates of ${epochs} epochs equal those of Dassl's schedulers`, () => {
    const rates = learningRates({ ...coop, epochs: Number(epochs) });
    assert.equal(rates.length, expected.length);
    // Python's and JavaScript's cosine may differ in the last bit; everything else is the same arithmetic.
    expected.forEach((rate, epoch) => {
      assert.ok(
        Math.abs(rates[epoch] - rate) <= 1e-14 * rate,
        `epoch ${epoch}: ${rates[epoch]}, not ${rate}`,
      );
    });
  });
}

test('without a warm-up the first epoch has the base rate and the cosine starts at once', () => {
  const rates = learningRates({ epochs: 4, baseLr: 1, warmupEpochs: 0, warmupLr: 9 });
  [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2].forEach((rate, epoch) => {
    assert.ok(Math.abs(rates[epoch] - rate) < 1e-15);
  });
});

test('a warm-up longer than the training is all there is', () => {
  assert.deepEqual(
    [...learningRates({ epochs: 2, baseLr: 1, warmupEpochs: 5, warmupLr: 0.25 })],
    [0.25, 0.25],
  );
  assert.equal(learningRates({ ...coop, epochs: 0 }).length, 0);
});

test('a count that is not whole is refused', () => {
  assert.throws(() => learningRates({ ...coop, epochs: 2.5 }), RangeError);
  assert.throws(() => learningRates({ ...coop, epochs: 5, warmupEpochs: -1 }), RangeError);
});
