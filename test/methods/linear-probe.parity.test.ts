import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../src/checkpoint/safetensors.ts';
import { argmaxRows, linearScores, softmaxRows } from '../../src/methods/linear-classifier.ts';
import { C_GRID, fitLinearProbe } from '../../src/methods/linear-probe.ts';
import { type LogisticProblem, prepareLogisticRegression } from '../../src/methods/logistic-regression.ts';
import { relativeError } from '../relative-error.ts';
import { plainObjective } from './logistic-oracle.ts';

const fixture = (name: string): URL => new URL(`../fixtures/${name}`, import.meta.url);
const { tensors } = readSafetensors(fileURLToPath(fixture('linear_probe/data.safetensors')));

function floats(name: string): Float32Array {
  const data = tensors.get(name)?.data;
  assert.ok(data instanceof Float32Array, name);
  return data;
}

function split(name: 'train' | 'val' | 'test'): { features: Float32Array; labels: Int32Array } {
  const labels = tensors.get(`${name}_y`)?.data;
  assert.ok(labels instanceof BigInt64Array);
  return { features: floats(`${name}_x`), labels: Int32Array.from(labels, Number) };
}

const [train, val, testing] = [split('train'), split('val'), split('test')];
const CLASSES = 10;

interface GridAnswer {
  readonly C: number;
  readonly val_acc: number;
  readonly test_acc: number;
  readonly n_iter: number;
}
interface StepAnswer {
  readonly left: number;
  readonly right: number;
  readonly val_left: number;
  readonly val_right: number;
  readonly chosen: number;
  readonly test_acc: number;
}
/** scikit-learn's answers on float32 features, for which it computes in float32 itself. */
const expected = JSON.parse(readFileSync(fixture('linear_probe/expected.json'), 'utf8')) as {
  grid: GridAnswer[];
  binary_search: StepAnswer[];
};
/** The same fits in float64. */
const { probe: inFloat64 } = JSON.parse(readFileSync(fixture('lbfgs/logistic.json'), 'utf8')) as {
  probe: { c: number; coefficients: number[][]; intercepts: number[]; iterations: number }[];
};

const KEYS = ['1e+06', '10000', '100', '1', '0.01', '0.0001', '1e-06'];

/** scikit-learn in float32 ends after 3 iterations here, where the loss no longer falls; in float64 after 9. */
const STOPS_EARLY_IN_FLOAT32 = 1e-4;

const accuracy = (labels: Int32Array, truth: Int32Array): number =>
  labels.filter((label, i) => label === truth[i]).length / truth.length;

const objectives = [
  ['float64', (problem: LogisticProblem) => plainObjective(problem)],
  ['float32', (problem: LogisticProblem) => plainObjective(problem, Math.fround)],
] as const;

for (const [precision, objectiveFactory] of objectives) {
  for (const [index, answer] of expected.grid.entries()) {
    test(`C = ${answer.C} with an objective in ${precision} gives scikit-learn's classifier`, async () => {
      const fit = await prepareLogisticRegression({ train, classCount: CLASSES, objectiveFactory });
      const found = await fit(answer.C);
      const scores = linearScores(testing.features, testing.labels.length, found);
      const probabilities = softmaxRows(scores, CLASSES);
      const key = `C${KEYS[index]}`;
      assert.ok(relativeError(probabilities, floats(`proba_${key}`)) < 2e-3);
      assert.ok(relativeError(found.weights, floats(`coef_${key}`)) < 2e-3);
      const onVal = argmaxRows(linearScores(val.features, val.labels.length, found), CLASSES);
      assert.equal(accuracy(onVal, val.labels), answer.val_acc);

      if (answer.C === STOPS_EARLY_IN_FLOAT32) return;
      assert.equal(found.iterations, answer.n_iter);
      assert.equal(accuracy(argmaxRows(scores, CLASSES), testing.labels), answer.test_acc);
      // At 1e-6 the intercepts are rounding alone (1e-8).
      if (answer.C > 1e-6) assert.ok(relativeError(found.bias, floats(`intercept_${key}`)) < 2e-3);
    });
  }
}

test('in float64 every fit of the grid has the iterations and coefficients of scikit-learn in float64', async () => {
  const fit = await prepareLogisticRegression({
    train,
    classCount: CLASSES,
    objectiveFactory: plainObjective,
  });
  for (const answer of inFloat64) {
    const found = await fit(answer.c);
    assert.equal(found.iterations, answer.iterations, `C = ${answer.c}`);
    assert.ok(relativeError(found.weights, answer.coefficients.flat()) < 1e-6, `C = ${answer.c}`);
    const smallest = answer.c > 1e-6 ? 1e-6 : 1;
    assert.ok(relativeError(found.bias, answer.intercepts) <= smallest, `C = ${answer.c}`);
  }
});

for (const [precision, objectiveFactory] of objectives) {
  test(`the search in ${precision} takes every step of the official one and scores the same`, async () => {
    const probe = await fitLinearProbe({ train, val, classCount: CLASSES, objectiveFactory });
    assert.deepEqual(
      probe.trace.grid.map(({ c, validationAccuracy }) => [c, validationAccuracy]),
      expected.grid.map(({ C, val_acc }) => [C, val_acc]),
    );
    assert.equal(probe.trace.search.length, expected.binary_search.length);
    expected.binary_search.forEach((answer, i) => {
      const step = probe.trace.search[i];
      assert.ok(relativeError([step.left, step.right], [answer.left, answer.right]) < 1e-12);
      assert.equal(step.validationLeft, answer.val_left);
      assert.equal(step.validationRight, answer.val_right);
      assert.equal(step.chosen === step.left, answer.chosen === answer.left);
    });
    const last = expected.binary_search[expected.binary_search.length - 1];
    assert.equal(probe.c, last.chosen);
    assert.equal(probe.validationAccuracy, last.val_left);
    const scores = linearScores(testing.features, testing.labels.length, probe);
    assert.equal(accuracy(argmaxRows(scores, CLASSES), testing.labels), last.test_acc);
  });
}

interface SearchAnswer {
  readonly train: { features: number[][]; labels: number[] };
  readonly val: { features: number[][]; labels: number[] };
  readonly grid: number[];
  readonly steps: {
    left: number;
    right: number;
    validationLeft: number;
    validationRight: number;
    chosen: number;
  }[];
  readonly coefficients: number[][];
  readonly intercepts: number[];
}

const searches = JSON.parse(readFileSync(fixture('lbfgs/search.json'), 'utf8')) as SearchAnswer[];

for (const [index, answer] of searches.entries()) {
  const turns = answer.steps.map(({ left, chosen }) => (chosen === left ? 'left' : 'right')).join(' ');
  test(`the search goes where scikit-learn's fits send it: problem ${index + 1}, ${turns}`, async () => {
    const examples = (set: SearchAnswer['train']) => ({
      features: Float32Array.from(set.features.flat()),
      labels: set.labels,
    });
    const probe = await fitLinearProbe({
      train: examples(answer.train),
      val: examples(answer.val),
      classCount: 5,
      objectiveFactory: plainObjective,
    });
    assert.deepEqual(
      probe.trace.grid.map(({ validationAccuracy }) => validationAccuracy),
      answer.grid,
    );
    assert.equal(probe.trace.grid.length, C_GRID.length);
    answer.steps.forEach((step, i) => {
      const found = probe.trace.search[i];
      assert.ok(
        relativeError([found.left, found.right, found.chosen], [step.left, step.right, step.chosen]) < 1e-12,
      );
      assert.deepEqual(
        [found.validationLeft, found.validationRight],
        [step.validationLeft, step.validationRight],
      );
    });
    assert.ok(relativeError(probe.weights, answer.coefficients.flat()) < 1e-4);
    assert.ok(relativeError(probe.bias, answer.intercepts) < 1e-4);
  });
}
