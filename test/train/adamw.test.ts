import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AdamW, type AdamWOptions } from '../../src/train/index.ts';

/** Of float32 parameters around 1, after a few steps. */
const TOLERANCE = 3e-7;

const options: AdamWOptions = { betas: [0.9, 0.999], epsilon: 1e-4, weightDecay: 0.01 };

/** One parameter's way. */
function trajectory(start: number, gradients: readonly number[], rates: readonly number[]): number[] {
  const adamw = new AdamW(1, options);
  const p = Float32Array.of(start);
  return gradients.map((gradient, t) => {
    adamw.step(p, Float32Array.of(gradient), rates[t]!);
    return p[0]!;
  });
}

describe('AdamW', () => {
  // The formula of the docstring in 50-digit decimals (Python's `decimal`), from the numbers below.
  const cases: readonly (readonly [title: string, number, number[], number[], number[]])[] = [
    [
      'follows the formula through changing gradients and rates',
      1.5,
      [0.5, -2, 0, 0.125, 0.125],
      [0.1, 0.08, 0.05, 0.02, 0.01],
      [1.3985199960008, 1.442158389885152, 1.46306038506019, 1.469135506466114, 1.471344717867085],
    ],
    [
      'adds ε outside the root: gradients below it take short steps',
      -0.25,
      [0.00001, 0.00003, -0.00002],
      [0.001, 0.001, 0.001],
      [-0.250088409090909, -0.250253654621289, -0.250296972286765],
    ],
  ];
  for (const [title, start, gradients, rates, expected] of cases) {
    it(title, () => {
      for (const [t, p] of trajectory(start, gradients, rates).entries()) {
        assert.ok(Math.abs(p - expected[t]!) < TOLERANCE, `step ${t + 1}: ${p}, expected ${expected[t]}`);
      }
    });
  }

  it('takes steps of the rate itself under a constant gradient, whatever its size', () => {
    for (const gradient of [1e-3, 1, 1e3]) {
      const adamw = new AdamW(1, { ...options, epsilon: 1e-12, weightDecay: 0 });
      const p = Float32Array.of(0);
      for (let t = 0; t < 50; t++) adamw.step(p, Float32Array.of(gradient), 0.01);
      assert.ok(Math.abs(p[0]! + 0.5) < 1e-5, `${gradient}: ${p[0]}`);
    }
  });

  it('without gradient shrinks a parameter by (1 − lr·decay) a step, and leaves a zero alone', () => {
    const adamw = new AdamW(2, { ...options, weightDecay: 0.5 });
    const p = Float32Array.of(1, 0);
    for (let t = 0; t < 3; t++) adamw.step(p, new Float32Array(2), 0.5);
    assert.deepEqual([...p], [0.75 ** 3, 0]);
    assert.equal(adamw.steps, 3);
  });

  it('keeps the means of each parameter apart, and the gradient as it was', () => {
    const adamw = new AdamW(2, { ...options, weightDecay: 0 });
    const [p, gradient] = [Float32Array.of(0, 0), Float32Array.of(1, -2)];
    adamw.step(p, gradient, 0.5);
    assert.deepEqual([...gradient], [1, -2]);
    assert.ok(Math.abs(p[0]! + 0.5 / 1.0001) < TOLERANCE);
    assert.ok(Math.abs(p[1]! - 1 / 2.0001) < TOLERANCE);
  });

  it('refuses vectors of another length', () => {
    const adamw = new AdamW(2, options);
    assert.throws(() => adamw.step(new Float32Array(3), new Float32Array(2), 1), RangeError);
    assert.throws(() => adamw.step(new Float32Array(2), new Float32Array(1), 1), RangeError);
  });
});
