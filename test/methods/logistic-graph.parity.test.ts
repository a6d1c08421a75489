import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors, toFloat32, toInt32 } from '../../src/checkpoint/index.ts';
import {
  fitLinearProbe,
  graphObjective,
  linearScores,
  prepareLogisticRegression,
  softmaxRows,
} from '../../src/methods/index.ts';
import { onnxEngine } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/linear_probe/${name}`, import.meta.url));
const { tensors } = readSafetensors(fixture('data.safetensors'));
const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as {
  readonly grid: readonly { readonly C: number; readonly val_acc: number }[];
  readonly binary_search: readonly {
    readonly left: number;
    readonly right: number;
    readonly chosen: number;
  }[];
};
const part = (name: string) => ({
  features: toFloat32(tensors.get(`${name}_x`)!),
  labels: toInt32(tensors.get(`${name}_y`)!, name),
});
const objectiveFactory = async (problem: Parameters<typeof graphObjective>[1]) =>
  (await graphObjective(onnxEngine(), problem)).objective;
const NAMES = ['1e+06', '10000', '100', '1', '0.01', '0.0001', '1e-06'];

it("the graph's objective gives scikit-learn's probabilities for every C", async () => {
  const fit = await prepareLogisticRegression({ train: part('train'), classCount: 10, objectiveFactory });
  for (const [i, name] of NAMES.entries()) {
    const probabilities = softmaxRows(
      linearScores(part('test').features, 500, await fit(expected.grid[i]!.C)),
      10,
    );
    const error = relativeError(probabilities, toFloat32(tensors.get(`proba_C${name}`)!));
    assert.ok(error < 2e-3, `C = ${name}: ${error}`);
  }
});

it("the graph's objective leads to scikit-learn's choice of C", async () => {
  const probe = await fitLinearProbe({
    train: part('train'),
    val: part('val'),
    classCount: 10,
    objectiveFactory,
  });
  assert.deepEqual(
    probe.trace.grid.map(({ validationAccuracy }) => validationAccuracy),
    expected.grid.map(({ val_acc }) => val_acc),
  );
  probe.trace.search.forEach((step, i) => {
    const answer = expected.binary_search[i]!;
    for (const key of ['left', 'right', 'chosen'] as const)
      assert.ok(Math.abs(step[key] / answer[key] - 1) < 1e-9);
  });
});
