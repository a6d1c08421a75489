import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sgd } from '../../src/train/sgd.ts';

test('three steps by hand, in numbers that float32 holds exactly', () => {
  const sgd = new Sgd(1, { momentum: 0.5, weightDecay: 0.25 });
  const p = Float32Array.of(4);
  // d = 2 + 0.25·4 = 3, v = 3, p = 4 − 0.5·3
  sgd.step(p, Float32Array.of(2), 0.5);
  assert.equal(p[0], 2.5);
  // d = −1 + 0.625 = −0.375, v = 1.5 − 0.375 = 1.125, p = 2.5 − 2·1.125
  sgd.step(p, Float32Array.of(-1), 2);
  assert.equal(p[0], 0.25);
  // d = 0 + 0.0625, v = 0.5625 + 0.0625 = 0.625, p = 0.25 − 0.625
  sgd.step(p, Float32Array.of(0), 1);
  assert.equal(p[0], -0.375);
  assert.equal(sgd.steps, 3);
});

test('a constant gradient g drives the velocity to g / (1 − momentum)', () => {
  const sgd = new Sgd(1, { momentum: 0.9, weightDecay: 0 });
  const p = Float32Array.of(0);
  let before = 0;
  for (let i = 0; i < 200; i++) {
    before = p[0];
    sgd.step(p, Float32Array.of(0.125), 0.5);
  }
  assert.ok(Math.abs((before - p[0]) / 0.5 - 1.25) < 1e-4);
});

test('without gradient, weight decay alone shrinks a parameter by (1 − lr·decay) a step', () => {
  const sgd = new Sgd(1, { momentum: 0, weightDecay: 0.5 });
  const p = Float32Array.of(1);
  for (let i = 0; i < 3; i++) sgd.step(p, new Float32Array(1), 0.5);
  assert.equal(p[0], 0.75 ** 3);
});

test('the rate acts on the whole velocity, as in PyTorch, and rate zero moves nothing but the velocity', () => {
  const sgd = new Sgd(1, { momentum: 0.5, weightDecay: 0 });
  const p = Float32Array.of(0);
  sgd.step(p, Float32Array.of(4), 0);
  assert.equal(p[0], 0);
  sgd.step(p, Float32Array.of(0), 1);
  assert.equal(p[0], -2);
});

test('a product and its sum are rounded once', () => {
  // λ·p = 1 + 3·2⁻²³ + 2⁻⁴⁵ and ∇ = −1: rounding the product first would lose the 2⁻⁴⁵.
  const unit = 2 ** -23;
  const weightDecay = 1 + unit;
  const p = Float32Array.of(1 + 2 * unit);
  const exact = weightDecay * p[0] - 1;
  const sgd = new Sgd(1, { momentum: 0.9, weightDecay });
  const start = p[0];
  sgd.step(p, Float32Array.of(-1), 1);
  assert.equal(p[0], Math.fround(start - Math.fround(exact)));
  assert.notEqual(Math.fround(exact), Math.fround(weightDecay * start) - 1);
});

test('the gradient stays as it was; each parameter has its own velocity', () => {
  const sgd = new Sgd(2, { momentum: 0.5, weightDecay: 0 });
  const [p, gradient] = [Float32Array.of(0, 0), Float32Array.of(1, -2)];
  sgd.step(p, gradient, 1);
  sgd.step(p, gradient, 1);
  assert.deepEqual([...gradient], [1, -2]);
  assert.deepEqual([...p], [-2.5, 5]);
});

test('vectors of another length are refused', () => {
  const sgd = new Sgd(2, { momentum: 0, weightDecay: 0 });
  assert.throws(() => sgd.step(new Float32Array(3), new Float32Array(2), 1), RangeError);
  assert.throws(() => sgd.step(new Float32Array(2), new Float32Array(1), 1), RangeError);
});
