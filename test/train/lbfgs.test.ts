import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minimizeLbfgs, type Objective } from '../../src/train/lbfgs.ts';

/** ½ Σ w (x − 1)², minimum 0 at ones. */
const bowl =
  (weight: (i: number) => number): Objective =>
  (x, g) => {
    let value = 0;
    for (let i = 0; i < x.length; i++) {
      const off = x[i] - 1;
      g[i] = weight(i) * off;
      value += 0.5 * weight(i) * off * off;
    }
    return value;
  };

test('the start is left as it was, and the result holds its own vectors', async () => {
  const start = Float64Array.of(5, -5);
  const found = await minimizeLbfgs(
    bowl((i) => 1 + i),
    start,
  );
  assert.deepEqual([...start], [5, -5]);
  assert.notEqual(found.x.buffer, start.buffer);
  assert.equal(found.reason, 'gradient');
});

test('the gradient handed back belongs to the point handed back', async () => {
  const objective = bowl((i) => 1 + i * i);
  const found = await minimizeLbfgs(objective, new Float64Array(6), { maxIterations: 3 });
  const gradient = new Float64Array(6);
  assert.equal(await objective(found.x, gradient), found.value);
  assert.deepEqual([...found.gradient], [...gradient]);
});

test('an objective may answer later', async () => {
  const now = bowl((i) => 1 + i);
  const later: Objective = async (x, g) => {
    await new Promise((resolve) => setImmediate(resolve));
    return now(x, g);
  };
  const start = new Float64Array(4);
  const [a, b] = [await minimizeLbfgs(later, start), await minimizeLbfgs(now, start)];
  assert.deepEqual([...a.x], [...b.x]);
  assert.equal(a.evaluations, b.evaluations);
});

test('shouldStop ends the search between two iterations', async () => {
  let asked = 0;
  const found = await minimizeLbfgs(
    bowl((i) => 10 ** i),
    new Float64Array(5),
    { shouldStop: () => ++asked > 3 },
  );
  assert.equal(found.reason, 'stopped');
  assert.equal(found.iterations, 3);
});

test('a start where the objective is not finite is refused', async () => {
  const nowhere: Objective = (_x, g) => {
    g.fill(0);
    return Number.NaN;
  };
  await assert.rejects(minimizeLbfgs(nowhere, new Float64Array(2)), RangeError);
  const steep: Objective = (_x, g) => {
    g.set([1, Number.NaN]);
    return 1;
  };
  await assert.rejects(minimizeLbfgs(steep, new Float64Array(2)), RangeError);
});

test('a step that lands where the objective is undefined is taken back', async () => {
  // x − ln x has its minimum 1 at 1; from 10 the second step goes far left of 0.
  const barrier: Objective = (x, g) => {
    g[0] = 1 - 1 / x[0];
    return x[0] - Math.log(x[0]);
  };
  const found = await minimizeLbfgs(barrier, Float64Array.of(10));
  assert.equal(found.reason, 'gradient');
  assert.ok(Math.abs(found.x[0] - 1) < 1e-3, `x = ${found.x[0]}`);
});

test('where no step can be judged, the start comes back with the reason', async () => {
  const wall: Objective = (x, g) => {
    g[0] = 0.5 / Math.sqrt(x[0]);
    return Math.sqrt(x[0]);
  };
  const found = await minimizeLbfgs(wall, Float64Array.of(0.25));
  assert.equal(found.reason, 'line-search');
  assert.equal(found.iterations, 0);
  assert.equal(found.x[0], 0.25);
  assert.equal(found.value, 0.5);
});

test('a hundred thousand variables take milliseconds an iteration', async () => {
  const started = performance.now();
  const found = await minimizeLbfgs(
    bowl((i) => 1 + (i % 100)),
    new Float64Array(100_000),
    { gradientTolerance: 1e-6 },
  );
  const perIterationMs = (performance.now() - started) / found.iterations;
  assert.equal(found.reason, 'gradient');
  assert.ok(
    found.x.every((v) => Math.abs(v - 1) < 1e-5),
    'at the minimum',
  );
  // About 5 ms on a slow core; the bound only catches another order of growth.
  assert.ok(perIterationMs < 200, `${perIterationMs} ms`);
});
