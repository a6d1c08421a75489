import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSafetensors } from '../../src/checkpoint/index.ts';
import { relativeError } from '../relative-error.ts';
import { f32, fixture, floats, i64, SUITE, shapeOf, tensorCommand, workFolder } from './command.ts';

/** What is asked of the probe against scikit-learn, whose own answers differ by as much between versions. */
const TOLERANCE = 2e-3;
const folder = workFolder();
const data = fixture('linear_probe/data.safetensors');
const expected = readSafetensors(data);
const probe = (c: string) => ['debug', 'linear-probe', '--C', c];

describe('coop-bench debug linear-probe', SUITE, () => {
  for (const [c, key] of [
    ['1e6', '1e+06'],
    ['1', '1'],
    ['0.01', '0.01'],
  ] as const) {
    it(`gives scikit-learn's probabilities and coefficients for C = ${c}`, async () => {
      const answer = await tensorCommand(folder, probe(c), data);
      assert.equal(answer.code, 0, answer.stderr);
      const found = answer.contents();
      assert.ok(
        relativeError(floats(found, 'proba'), floats(expected, `proba_C${key}`)) < TOLERANCE,
        'proba',
      );
      assert.ok(relativeError(floats(found, 'coef'), floats(expected, `coef_C${key}`)) < TOLERANCE, 'coef');
      const intercept = floats(expected, `intercept_C${key}`);
      assert.ok(relativeError(floats(found, 'intercept'), intercept) < TOLERANCE, 'intercept');
      assert.deepEqual(
        Array.from(found.tensors.get('classes')!.data, Number),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
    });
  }

  it('keeps labels with gaps and takes no test rows: the classes are renamed, the fit is the same', async () => {
    const names = [-7, 3, 4, 9, 20, 21, 22, 500, 501, 70000];
    const labels = expected.tensors.get('train_y')!.data as BigInt64Array;
    const renamed = Array.from(labels, (label) => names[Number(label)]!);
    const answer = await tensorCommand(folder, probe('0.01'), {
      train_x: expected.tensors.get('train_x')!,
      train_y: i64([renamed.length], renamed),
      test_x: f32([0, 32], []),
    });
    assert.equal(answer.code, 0, answer.stderr);
    const found = answer.contents();
    assert.deepEqual(Array.from(found.tensors.get('classes')!.data, Number), names);
    assert.deepEqual(shapeOf(found, 'proba'), [0, 10]);
    assert.ok(relativeError(floats(found, 'coef'), floats(expected, 'coef_C0.01')) < TOLERANCE);
  });

  it('takes two classes and one feature: the minimum of the binomial loss', async () => {
    const [x, y] = [
      [-2, -1, 0.5, -0.5, 1, 3],
      [5, 5, 5, 9, 9, 9],
    ];
    const answer = await tensorCommand(folder, probe('10'), {
      train_x: f32([6, 1], x),
      train_y: i64([6], y),
      test_x: f32([3, 1], [-1, 0, 2]),
    });
    assert.equal(answer.code, 0, answer.stderr);
    const found = answer.contents();
    const [w, b] = [floats(found, 'coef')[1]!, floats(found, 'intercept')[1]!];
    assert.deepEqual([floats(found, 'coef')[0], floats(found, 'intercept')[0]], [0, 0]);
    const sigmoid = (t: number) => 1 / (1 + Math.exp(-t));
    // Where the gradient of the mean loss + w² / (2 C n) vanishes, to L-BFGS's tolerance of 1e-4.
    const residuals = x.map((value, i) => sigmoid(w * value + b) - (y[i] === 9 ? 1 : 0));
    const slope = residuals.reduce((sum, r, i) => sum + r * x[i]!, 0) / 6 + w / (10 * 6);
    assert.ok(Math.abs(slope) <= 1.1e-4 && Math.abs(residuals.reduce((a, r) => a + r, 0) / 6) <= 1.1e-4);
    const proba = [-1, 0, 2].flatMap((value) => [1 - sigmoid(w * value + b), sigmoid(w * value + b)]);
    assert.ok(relativeError(floats(found, 'proba'), proba) < 1e-6);
  });

  it('refuses one class, test features of another width, and a C that is no positive number', async () => {
    const train = { train_x: f32([2, 2], [1, 2, 3, 4]), test_x: f32([1, 2], [0, 0]) };
    const [one, width, c] = await Promise.all([
      tensorCommand(folder, probe('1'), { ...train, train_y: i64([2], [4, 4]) }),
      tensorCommand(folder, probe('1'), {
        ...train,
        train_y: i64([2], [0, 1]),
        test_x: f32([1, 3], [0, 0, 0]),
      }),
      tensorCommand(folder, probe('0'), { ...train, train_y: i64([2], [0, 1]) }),
    ]);
    assert.deepEqual([one.code, width.code, c.code], [2, 2, 2]);
    assert.match(
      one.stderr,
      /tensor "train_y"\s+expected: labels of at least two classes\s+found: +only class 4/,
    );
    assert.match(width.stderr, /tensor "test_x"\s+expected: \[m, 2\]\s+found: +\[1, 3\]/);
    assert.match(c.stderr, /--C\s+expected: a number above 0\s+found: +0/);
  });
});
