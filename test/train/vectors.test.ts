import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Vectors } from '../../src/train/vectors.ts';

/** Whole numbers of both signs: sums of their products are exact in any order. */
const whole = (size: number, seed: number) =>
  Float64Array.from({ length: size }, (_, i) => ((i * 7919 + seed * 104_729) % 2001) - 1000);
const plainDot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

for (const size of [1, 2, 7, 8, 9, 63, 64, 65, 1000, 8191]) {
  describe(`vectors of ${size}`, () => {
    const open = () => {
      const vectors = new Vectors(size, 4);
      const [a, b, c] = [whole(size, 1), whole(size, 2), whole(size, 3)];
      vectors.of(0).set(a);
      vectors.of(1).set(b);
      vectors.of(2).set(c);
      return { vectors, a, b, c };
    };

    it('multiply', () => {
      const { vectors, a, b } = open();
      assert.equal(vectors.dot(0, 1), plainDot(a, b));
      assert.equal(vectors.dot(1, 1), plainDot(b, b));
    });

    it('mix into a third, and into one of both', () => {
      const { vectors, a, b, c } = open();
      const mixed = a.map((x, i) => 3 * x - 0.5 * b[i]!);
      vectors.mix(3, 3, 0, -0.5, 1);
      assert.deepEqual(vectors.of(3), mixed);
      assert.equal(vectors.mixDot(0, 3, 0, -0.5, 1, 2), plainDot(mixed, c));
      assert.deepEqual(vectors.of(0), mixed);
      // Neighbours in memory are as they were.
      assert.deepEqual([vectors.of(1), vectors.of(2)], [b, c]);
    });

    it('know their largest component, whatever its sign, and one that is not a number', () => {
      const { vectors } = open();
      vectors.of(0)[size - 1] = -5000;
      assert.equal(vectors.largest(0), 5000);
      vectors.of(0)[size >> 1] = Number.NaN;
      assert.ok(Number.isNaN(vectors.largest(0)));
    });

    it('are copied', () => {
      const { vectors, b } = open();
      vectors.copy(3, 1);
      assert.deepEqual(vectors.of(3), b);
    });
  });
}

it('products round as one sum a lane does, on every machine', () => {
  const size = 1001;
  const vectors = new Vectors(size, 2);
  const [a, b] = [vectors.of(0), vectors.of(1)];
  for (let i = 0; i < size; i++) [a[i], b[i]] = [Math.sin(i), Math.cos(3 * i)];
  const lanes = new Float64Array(8);
  for (let i = 0; i < size; i++) lanes[i % 8]! += a[i]! * b[i]!;
  const even = lanes[0]! + lanes[2]! + (lanes[4]! + lanes[6]!);
  const odd = lanes[1]! + lanes[3]! + (lanes[5]! + lanes[7]!);
  assert.equal(vectors.dot(0, 1), even + odd);
});
