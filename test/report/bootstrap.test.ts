import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrapInterval } from '../../src/report/bootstrap.ts';
import { pictureValues } from '../../src/report/hits.ts';
import { mulberry32 } from './fake-records.ts';

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}

/** Pictures' values counted, in units of 1 / scale. */
function counted(pictures: readonly number[], scale = 1) {
  const values = [...new Set(pictures)];
  return { values, counts: values.map((value) => pictures.filter((other) => other === value).length), scale };
}

/** Ends of the interval by counting all nⁿ resamples. */
function enumerated(pictures: readonly number[], tail: number): { low: number; high: number } {
  const n = pictures.length;
  const sums: number[] = [];
  for (let code = 0; code < n ** n; code++) {
    let sum = 0;
    for (let i = 0, rest = code; i < n; i++, rest = Math.floor(rest / n)) sum += pictures[rest % n]!;
    sums.push(sum);
  }
  sums.sort((a, b) => a - b);
  const left = Math.ceil(tail * sums.length - 1e-6) - 1;
  return { low: sums[Math.max(0, left)]! / n, high: sums[sums.length - 1 - Math.max(0, left)]! / n };
}

test('for few pictures the interval is that of all resamples, counted one by one', () => {
  const cases = [
    [1, 0],
    [-1, 0, 1, 1],
    [1, 1, 1, 0, -1],
    [3, 2, -1, 0, 0, 3],
    [2, 2, 2, -2, 0, 0, 1],
  ];
  for (const pictures of cases) {
    for (const confidence of [0.5, 0.8, 0.95]) {
      const { low, high } = bootstrapInterval(counted(pictures), confidence);
      const expected = enumerated(pictures, (1 - confidence) / 2);
      near(low, expected.low, 1e-12);
      near(high, expected.high, 1e-12);
    }
  }
});

test('for shares of right answers the interval’s ends are quantiles of the binomial distribution', () => {
  // scipy.stats.binom: ppf(0.025, 100, 0.3) = 21, ppf(0.975, 100, 0.3) = 39; of 40 with 0.95: 35 and 40.
  const wide = bootstrapInterval({ values: [0, 1], counts: [70, 30], scale: 1 });
  assert.deepEqual([wide.low, wide.high], [0.21, 0.39]);
  const skewed = bootstrapInterval({ values: [0, 1], counts: [2, 38], scale: 1 });
  assert.deepEqual([skewed.low, skewed.high], [35 / 40, 1]);
});

test('for many pictures the interval is mean ± 1.96 standard errors', () => {
  for (const n of [5_000, 50_000]) {
    const counts = [0.12 * n, 0.7 * n, 0.18 * n];
    const { low, high } = bootstrapInterval({ values: [-1, 0, 1], counts, scale: 1 });
    const error = Math.sqrt((0.3 - 0.06 ** 2) / n);
    near(low, 0.06 - 1.959964 * error, 1.5 / n);
    near(high, 0.06 + 1.959964 * error, 1.5 / n);
  }
});

test('random resamples of pictures with values over three seeds end where the computed ones do', () => {
  const random = mulberry32(7);
  const pictures = Array.from({ length: 90 }, () => Math.floor(random() * 7) - 2);
  const means = Array.from({ length: 20_000 }, () => {
    let sum = 0;
    for (let i = 0; i < 90; i++) sum += pictures[Math.floor(random() * 90)]!;
    return sum / 90 / 3;
  }).sort((a, b) => a - b);
  const { low, high } = bootstrapInterval(counted(pictures, 3));
  // Steps are 1 / 270; 20,000 resamples scatter by about one.
  near(low, means[500]!, 2 / 270);
  near(high, means[19_500]!, 2 / 270);
});

test('the other way round the interval is mirrored, and without differences it has no width', () => {
  const { low, high } = bootstrapInterval({ values: [-1, 0, 1], counts: [7, 40, 16], scale: 1 });
  const mirrored = bootstrapInterval({ values: [1, 0, -1], counts: [7, 40, 16], scale: 1 });
  near(mirrored.low, -high, 1e-12);
  near(mirrored.high, -low, 1e-12);
  assert.deepEqual(bootstrapInterval({ values: [0], counts: [30], scale: 1 }), { low: 0, high: 0 });
  assert.deepEqual(bootstrapInterval({ values: [3], counts: [30], scale: 3 }), { low: 1, high: 1 });
  assert.throws(() => bootstrapInterval({ values: [], counts: [], scale: 1 }), /no pictures/);
});

test('ImageNet’s 50,000 pictures and three seeds take a few milliseconds', () => {
  const start = performance.now();
  const values = [-3, -2, -1, 0, 1, 2, 3];
  for (let i = 0; i < 10; i++) {
    bootstrapInterval({ values, counts: [900, 1200, 3000, 37_000, 4000, 2200, 1700 - i], scale: 3 });
  }
  assert.ok((performance.now() - start) / 10 < 100);
});

/** Bits as a record has them. */
function bits(text: string): string {
  const bytes = new Uint8Array(Math.ceil(text.length / 8));
  [...text].forEach((bit, i) => {
    if (bit === '1') bytes[i >> 3]! |= 1 << (i & 7);
  });
  return Buffer.from(bytes).toString('base64');
}

test('a picture’s value is the difference of the shares of runs that got it right', () => {
  const found = pictureValues(
    [
      { runs: [bits('1110000001'), bits('1100000001')], weight: 1 },
      { runs: [bits('1000000100'), bits('0000000100'), bits('0000000110')], weight: -1 },
    ],
    10,
  );
  // In sixths: 6 − 2, 6, 3, 0, 0, 0, 0, −6, −2, 6.
  assert.deepEqual(found, { values: [-6, -2, 0, 3, 4, 6], counts: [1, 1, 4, 1, 1, 2], scale: 6 });
  assert.equal(pictureValues([{ runs: [bits('11111111')], weight: 1 }], 9), null);
});
