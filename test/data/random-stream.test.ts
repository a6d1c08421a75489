import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stream } from '../../src/data/random/random-stream.ts';

const take = (n: number, draw: () => number) => Array.from({ length: n }, draw);
const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('stream', () => {
  it('gives the numbers of xoshiro128** seeded from the SHA-256 of its key', () => {
    const s = stream('crop', 1, 'a.jpg');
    // From a separate Python implementation of the generator over hashlib.sha256(b'["crop",1,"a.jpg"]').
    assert.deepEqual(
      take(4, () => s.uniform()),
      [0.47697000436384407, 0.3194210351392852, 0.8649820148949787, 0.6729591690532184],
    );
  });

  it('gives the same numbers for the same key and others for any other key', () => {
    const keys = [
      ['a', 1, 'b'],
      ['a', '1', 'b'],
      ['a1b'],
      ['a', 1],
      ['a', 1, 'b', 0],
      ['b', 1, 'a'],
    ] as const;
    const starts = keys.map((key) => stream(...key).uniform());
    assert.equal(new Set(starts).size, keys.length);
    assert.equal(stream('a', 1, 'b').uniform(), starts[0]);
  });

  it('is uniform in [0, 1)', () => {
    const s = stream('uniform');
    const values = take(100_000, () => s.uniform());
    assert.ok(values.every((v) => v >= 0 && v < 1));
    // Standard error of the mean: 0.2887 / sqrt(100000) = 0.0009.
    assert.ok(Math.abs(mean(values) - 0.5) < 0.004);
    assert.ok(Math.abs(mean(values.map((v) => v * v)) - 1 / 3) < 0.004);
  });

  it('is uniform over the first numbers of many keys, which is how pictures use it', () => {
    const values = take(
      20_000,
      (() => {
        let key = 0;
        return () => stream('crop', 1, key++).uniform();
      })(),
    );
    const bins = new Array<number>(20).fill(0);
    for (const v of values) bins[Math.floor(v * 20)] += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 99.9th percentile of chi-square with 19 degrees of freedom.
    assert.ok(chiSquare < 43.8, `chi-square ${chiSquare}`);
    let lag = 0;
    for (let i = 1; i < values.length; i += 1) lag += (values[i] - 0.5) * (values[i - 1] - 0.5);
    assert.ok(Math.abs(lag / values.length) < (4 * (1 / 12)) / Math.sqrt(values.length));
  });

  it('draws normal numbers with mean 0, variance 1 and the normal tails', () => {
    const s = stream('normal');
    const values = take(100_000, () => s.normal());
    assert.ok(Math.abs(mean(values)) < 0.013);
    assert.ok(Math.abs(mean(values.map((v) => v * v)) - 1) < 0.018);
    assert.ok(Math.abs(mean(values.map((v) => v ** 4)) - 3) < 0.15);
    // P(|N| > 1.96) = 0.05.
    assert.ok(Math.abs(mean(values.map((v) => (Math.abs(v) > 1.959964 ? 1 : 0))) - 0.05) < 0.003);
  });

  it('draws every integer below n equally often', () => {
    const s = stream('int');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i += 1) counts[s.int(7)] += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 99.9th percentile with 6 degrees of freedom.
    assert.ok(chiSquare < 22.5, `chi-square ${chiSquare}`);
    assert.equal(s.int(1), 0);
    assert.ok(s.int(2 ** 32) < 2 ** 32);
    assert.throws(() => s.int(0), RangeError);
    assert.throws(() => s.int(1.5), RangeError);
  });

  it('shuffles into every order equally often', () => {
    const s = stream('shuffle');
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i += 1) {
      const items = ['a', 'b', 'c', 'd'];
      s.shuffle(items);
      counts.set(items.join(''), (counts.get(items.join('')) ?? 0) + 1);
    }
    assert.equal(counts.size, 24);
    let chiSquare = 0;
    for (const count of counts.values()) chiSquare += (count - 1000) ** 2 / 1000;
    // 99.9th percentile with 23 degrees of freedom.
    assert.ok(chiSquare < 49.7, `chi-square ${chiSquare}`);
  });

  it('refuses a key with NaN, which JSON would merge with null', () => {
    assert.throws(() => stream('a', Number.NaN), RangeError);
  });
});
