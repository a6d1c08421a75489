import assert from 'node:assert/strict';
import test from 'node:test';
import { mean, pairedInterval, populationStd } from '../../src/report/index.ts';
import { twoSampleInterval } from '../../src/report/statistics.ts';
import { incompleteBeta, studentTCdf, studentTQuantile } from '../../src/report/student-t.ts';

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}

test('t quantiles equal the published table (three decimals)', () => {
  // Any statistics textbook's table of Student's t: [degrees of freedom, p, t].
  const table = [
    [1, 0.975, 12.706],
    [2, 0.975, 4.303],
    [3, 0.975, 3.182],
    [4, 0.975, 2.776],
    [5, 0.975, 2.571],
    [9, 0.975, 2.262],
    [10, 0.975, 2.228],
    [20, 0.975, 2.086],
    [30, 0.975, 2.042],
    [120, 0.975, 1.98],
    [10, 0.9, 1.372],
    [10, 0.95, 1.812],
    [10, 0.99, 2.764],
    [10, 0.995, 3.169],
    [1, 0.995, 63.657],
    [5, 0.9995, 6.869],
  ] as const;
  for (const [degrees, p, expected] of table) near(studentTQuantile(p, degrees), expected, 0.0005);
});

test('t quantiles equal the closed forms for 1 and 2 degrees of freedom', () => {
  for (const p of [0.0001, 0.01, 0.3, 0.5, 0.6, 0.975, 0.9999]) {
    const one = Math.tan(Math.PI * (p - 0.5));
    const two = (2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p)));
    near(studentTQuantile(p, 1), one, 1e-9 * Math.max(1, Math.abs(one)));
    near(studentTQuantile(p, 2), two, 1e-9 * Math.max(1, Math.abs(two)));
  }
});

test('quantile and distribution function are inverse, and symmetric about 0', () => {
  for (const degrees of [1, 2.5, 10, 200]) {
    for (const p of [0.001, 0.2, 0.5, 0.9]) {
      near(studentTCdf(studentTQuantile(p, degrees), degrees), p, 1e-12);
      near(studentTQuantile(1 - p, degrees), -studentTQuantile(p, degrees), 1e-8);
    }
  }
});

test('the incomplete beta function equals polynomials where it is one', () => {
  for (const x of [0, 0.1, 0.5, 0.9, 1]) {
    near(incompleteBeta(x, 1, 1), x, 1e-14);
    near(incompleteBeta(x, 2, 2), 3 * x * x - 2 * x ** 3, 1e-14);
    near(incompleteBeta(x, 1, 5), 1 - (1 - x) ** 5, 1e-14);
  }
});

test('a probability of 0 or 1 and less than one degree of freedom are refused', () => {
  for (const p of [0, 1, -1, Number.NaN]) assert.throws(() => studentTQuantile(p, 3), /probability/);
  assert.throws(() => studentTQuantile(0.9, 0), /degrees of freedom/);
});

test('the paired interval of Student’s sleep data is the one every statistics program prints', () => {
  // Gosset 1908, "The probable error of a mean": extra hours of sleep, ten patients, two drugs; the numbers
  // are those of R's t.test(extra ~ group, data = sleep, paired = TRUE).
  const differences = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
  const interval = pairedInterval(differences);
  assert.ok(interval !== null);
  near(interval.mean, 1.58, 1e-12);
  near(interval.low, 0.7001142, 5e-8);
  near(interval.high, 2.4598858, 5e-8);
  assert.equal(interval.n, 10);
});

test('one pair has no interval, equal pairs have one of no width', () => {
  assert.equal(pairedInterval([]), null);
  assert.equal(pairedInterval([0.3]), null);
  assert.deepEqual(pairedInterval([0.25, 0.25]), {
    mean: 0.25,
    low: 0.25,
    high: 0.25,
    confidence: 0.95,
    n: 2,
  });
});

test('mean and standard deviation use divisor n', () => {
  // The usual worked example: mean 5, population standard deviation 2.
  const values = [2, 4, 4, 4, 5, 5, 7, 9];
  assert.equal(mean(values), 5);
  assert.equal(populationStd(values), 2);
  assert.equal(populationStd([0.7]), 0);
  assert.throws(() => mean([]), /no values/);
});

test('the interval between two groups is the one every statistics program prints for the sleep data', () => {
  // The two drugs as independent groups of one variance: R's t.test(extra ~ group, sleep, var.equal = TRUE).
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const interval = twoSampleInterval(first, second)!;
  near(interval.mean, -1.58, 1e-12);
  near(interval.low, -3.363874, 5e-7);
  near(interval.high, 0.203874, 5e-7);
  assert.equal(interval.n, 20);
  assert.equal(twoSampleInterval([1], [2]), null);
  assert.equal(twoSampleInterval([1, 2, 3], []), null);
});
