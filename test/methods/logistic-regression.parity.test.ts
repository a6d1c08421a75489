import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { linearScores, softmaxRows } from '../../src/methods/linear-classifier.ts';
import { prepareLogisticRegression } from '../../src/methods/logistic-regression.ts';
import { relativeError } from '../relative-error.ts';
import { plainObjective } from './logistic-oracle.ts';

// Answers of scikit-learn 1.9.1 in float64; fixtures/lbfgs/make.py made them.
interface Fit {
  readonly c: number;
  /** Labels that occur. */
  readonly classes: readonly number[];
  /** One row a class that occurs; one row in all for two classes. */
  readonly coefficients: readonly (readonly number[])[];
  readonly intercepts: readonly number[];
  readonly iterations: number;
  /** Of the first 8 examples. */
  readonly probabilities: readonly (readonly number[])[];
}
interface Problem {
  readonly name: string;
  readonly features: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly classes: number;
  readonly fits: readonly Fit[];
}
const { problems } = JSON.parse(
  readFileSync(new URL('../fixtures/lbfgs/logistic.json', import.meta.url), 'utf8'),
) as { problems: Problem[] };

for (const problem of problems) {
  test(`fits as scikit-learn: ${problem.name}`, async (t) => {
    const train = { features: Float32Array.from(problem.features.flat()), labels: problem.labels };
    const fit = await prepareLogisticRegression({
      train,
      classCount: problem.classes,
      objectiveFactory: (p) => plainObjective(p),
    });
    const dim = problem.features[0].length;
    for (const expected of problem.fits) {
      await t.test(`C = ${expected.c}`, async () => {
        const found = await fit(expected.c);
        assert.equal(found.iterations, expected.iterations);
        // Two classes: scikit-learn's one row is the second class, ours has zeros for the first.
        const rows = expected.classes.length === 2 ? [expected.classes[1]] : expected.classes;
        const weights = rows.flatMap((label) => [...found.weights.subarray(label * dim, (label + 1) * dim)]);
        const bias = rows.map((label) => found.bias[label]);
        // At 1e-6 the weights are about 1e-6 themselves, after 80 iterations along the bias.
        assert.ok(relativeError(weights, expected.coefficients.flat()) < (expected.c > 1e-6 ? 1e-5 : 1e-3));
        assert.ok(relativeError(bias, expected.intercepts) < 1e-5);
        const scores = linearScores(train.features.subarray(0, 8 * dim), 8, found);
        const probabilities = softmaxRows(scores, problem.classes);
        for (let i = 0; i < 8; i++) {
          const row = expected.classes.map((label) => probabilities[i * problem.classes + label]);
          assert.ok(relativeError(row, expected.probabilities[i]) < 1e-5);
        }
      });
    }
  });
}
