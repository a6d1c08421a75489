import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accuracyAxis } from '../../src/report/charts/accuracy-axis.ts';
import { lineLabels } from '../../src/report/charts/line-labels.ts';

const end = (accuracy: number) => ({ set: 'Icons', method: `of ${accuracy}`, shots: 16, accuracy });
// 10 pixels a point and a font of 10 pixels: lines of names are 1.3 points apart.
const place = (accuracies: readonly number[], high = 20) =>
  lineLabels(accuracies.map(end), [0, high], 10 * high, 10).map(({ label_at }) => label_at);

test('names that have room stand at the ends of their curves', () => {
  assert.deepEqual(place([5, 8, 12]), [5, 8, 12]);
});

test('names that would overlap are moved apart as little as can be', () => {
  // Two at one height go half a line each way; three hold the middle one.
  assert.deepEqual(place([10, 10]), [9.35, 10.65]);
  assert.deepEqual(place([10, 10, 10]), [8.7, 10, 11.3]);
  // By hand: the sum of squares of (x - 10) and (x + 1.3 - 10.4) is least at x = 9.55; the third is not touched.
  assert.deepEqual(place([10.4, 10, 15]), [9.55, 10.85, 15]);
});

test('names keep within the axis, in the order of their curves', () => {
  const low = lineLabels([0.1, 0.3, 0.2].map(end), [0, 20], 200, 10);
  assert.deepEqual(
    low.map(({ accuracy, label_at }) => [accuracy, label_at]),
    [
      [0.1, 0.65],
      [0.2, 1.95],
      [0.3, 3.25],
    ],
  );
  assert.deepEqual(place([19.9, 20]), [18.05, 19.35]);
});

test('the axis has all bands between its ends, and round marks', () => {
  const { domain, ticks } = accuracyAxis([
    { low: 61.2, high: 63 },
    { low: 88, high: 90.2 },
  ]);
  assert.ok(domain[0] < 61.2 && domain[1] > 90.2 && domain[1] - domain[0] < 34);
  assert.deepEqual(ticks, [60, 70, 80, 90]);
  assert.deepEqual(accuracyAxis([{ low: 50, high: 50 }]).ticks, [49, 49.5, 50, 50.5, 51]);
  assert.equal(accuracyAxis([{ low: 90, high: 100.4 }]).ticks.at(-1), 100);
});
