import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../src/config/errors.ts';
import { fitLinearProbe } from '../../src/methods/linear-probe.ts';
import { plainObjective } from './logistic-oracle.ts';

const train = { features: Float32Array.of(-2, -1.5, -0.2, 0.2, 1.5, 2), labels: [0, 0, 1, 1, 2, 2] };
const val = { features: Float32Array.of(-1.8, 0, 1.7), labels: [0, 1, 2] };
const request = { train, val, classCount: 3, objectiveFactory: plainObjective };

test('no C is fitted twice, and the iterations are those of the fits that were run', async () => {
  const started: number[] = [];
  const probe = await fitLinearProbe({
    ...request,
    objectiveFactory: (problem) => {
      const objective = plainObjective(problem);
      return (x, c, gradient) => {
        // Every fit begins at zero.
        if (x.every((v) => v === 0)) started.push(c);
        return objective(x, c, gradient);
      };
    },
  });
  const steps = probe.trace.search;
  // Seven of the grid, both first ends, and one new end for each further step, unless it is the grid's C.
  assert.equal(new Set(started.map((c) => c.toPrecision(12))).size, started.length);
  assert.ok(started.length <= 7 + 2 + 7 - 1, `${started.length} fits`);
  assert.equal(steps.length, 8);
  const ofGrid = probe.trace.grid.reduce((sum, { iterations }) => sum + iterations, 0);
  assert.ok(probe.iterations > ofGrid);
});

test('every step halves the interval of the one before in log10, towards the end that was chosen', async () => {
  const { trace } = await fitLinearProbe(request);
  trace.search.forEach((step, i) => {
    assert.ok(Math.abs(Math.log10(step.right / step.left) - 2 / 2 ** i) < 1e-9);
    const before = trace.search[i - 1];
    if (before !== undefined) {
      const kept = before.chosen === before.left ? step.left : step.right;
      assert.equal(kept, before.chosen);
    }
  });
});

test('a classifier of the caller scores the validation examples', async () => {
  let calls = 0;
  const probe = await fitLinearProbe({
    ...request,
    classify: async (features, n, { weights, bias }) => {
      calls += 1;
      assert.equal(features, val.features);
      assert.deepEqual([n, weights.length, bias.length], [3, 3, 3]);
      return Int32Array.of(0, 0, 0);
    },
  });
  assert.ok(calls >= 7);
  assert.equal(probe.validationAccuracy, 1 / 3);
  // All accuracies tie: the grid's first C, and the left end of every step.
  assert.ok(Math.abs(probe.c / 1e5 - 1) < 1e-12);
});

test('a probe without validation examples is refused before anything is fitted', async () => {
  await assert.rejects(
    fitLinearProbe({
      ...request,
      val: { features: new Float32Array(0), labels: [] },
      objectiveFactory: () => assert.fail('no fit'),
    }),
    (error) => error instanceof UserError && /validation examples/.test(error.message),
  );
});

test('validation features of another width are refused', async () => {
  await assert.rejects(
    fitLinearProbe({ ...request, val: { features: new Float32Array(6), labels: [0, 1, 2] } }),
    (error) =>
      error instanceof UserError && error.code === 'PROBE_DATA' && /2 numbers a row/.test(error.message),
  );
});

test('a cancelled search throws the reason', async () => {
  await assert.rejects(
    fitLinearProbe({ ...request, signal: AbortSignal.abort(new Error('stopped by the user')) }),
    /stopped by the user/,
  );
});
