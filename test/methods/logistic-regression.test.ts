import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../src/config/errors.ts';
import { argmaxRows, linearScores, softmaxRows } from '../../src/methods/linear-classifier.ts';
import { prepareLogisticRegression } from '../../src/methods/logistic-regression.ts';
import { plainObjective } from './logistic-oracle.ts';

const request = (features: number[], labels: number[], classCount: number) => ({
  train: { features: Float32Array.from(features), labels },
  classCount,
  objectiveFactory: plainObjective,
});

test('a class without examples gets zero weights and is never predicted', async () => {
  const fit = await prepareLogisticRegression(request([-1, -2, 1, 2, 0, 0.5], [3, 3, 1, 1, 4, 4], 6));
  const found = await fit(1);
  for (const absent of [0, 2, 5]) {
    assert.equal(found.weights[absent], 0);
    assert.equal(found.bias[absent], Number.NEGATIVE_INFINITY);
  }
  const scores = linearScores(Float32Array.of(-100, 0, 100), 3, found);
  const probabilities = softmaxRows(scores, 6);
  assert.equal(probabilities[0], 0);
  assert.ok(argmaxRows(scores, 6).every((label) => [1, 3, 4].includes(label)));
  assert.equal(argmaxRows(scores, 6)[0], 3);
});

test('of two classes the first has zero weights, and the boundary of a symmetric set is at zero', async () => {
  const found = await (await prepareLogisticRegression(request([-2, -1, 1, 2], [0, 0, 1, 1], 2)))(1);
  assert.equal(found.weights[0], 0);
  assert.equal(found.bias[0], 0);
  assert.ok(found.weights[1] > 0);
  assert.ok(Math.abs(found.bias[1]) < 1e-6);
});

test('the objective is made once for all fits', async () => {
  let made = 0;
  const fit = await prepareLogisticRegression({
    ...request([0, 1, 2], [0, 1, 2], 3),
    objectiveFactory: (problem) => {
      made += 1;
      return plainObjective(problem);
    },
  });
  await fit(1);
  await fit(10);
  assert.equal(made, 1);
});

test('examples that cannot be fitted are refused with the place', async () => {
  const refused: [string, number[], number[], number, RegExp][] = [
    ['no examples', [], [], 2, /at least one example/],
    ['one class', [1, 2], [1, 1], 2, /only class 1/],
    ['label too high', [1, 2], [0, 2], 2, /2 at 1/],
    ['label not whole', [1, 2], [0, 0.5], 2, /0\.5 at 1/],
    ['features cut', [1, 2, 3], [0, 1], 2, /3 numbers/],
    ['no features', [], [0, 1], 2, /0 numbers/],
    ['not a number', [1, 2, 3, Number.NaN], [0, 1], 2, /NaN at row 1, column 1/],
    ['infinite', [1, Number.POSITIVE_INFINITY], [0, 1], 2, /Infinity at row 1, column 0/],
  ];
  for (const [name, features, labels, classCount, message] of refused) {
    await assert.rejects(
      prepareLogisticRegression(request(features, labels, classCount)),
      (error) => error instanceof UserError && error.code === 'PROBE_DATA' && message.test(error.message),
      name,
    );
  }
});

test('a cancelled fit throws the reason', async () => {
  const controller = new AbortController();
  const fit = await prepareLogisticRegression({
    ...request([0, 1, 2, 3], [0, 1, 2, 0], 3),
    signal: controller.signal,
    objectiveFactory: (problem) => {
      const objective = plainObjective(problem);
      let calls = 0;
      return (x, c, gradient) => {
        if (++calls === 3) controller.abort(new Error('enough'));
        return objective(x, c, gradient);
      };
    },
  });
  await assert.rejects(fit(1), /enough/);
});

test('the first of equal scores is predicted', () => {
  assert.deepEqual([...argmaxRows([1, 3, 3, 2, 2, 2], 3)], [1, 0]);
});

test('softmax survives scores that overflow an exponential', () => {
  assert.deepEqual([...softmaxRows(Float64Array.of(5000, 4000, 5000, -5000), 2)], [1, 0, 1, 0]);
});
