import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { gradients } from '../../src/autodiff/index.ts';
import * as ir from '../../src/ir/index.ts';
import { evaluate } from '../../src/runtime/index.ts';
import { applyRule } from '../../src/runtime/tensorflow/rules.ts';
import { relativeError } from '../relative-error.ts';
import { irregular, OP_CASES, type OpCase } from '../runtime/op-cases.ts';

/** TensorFlow's side is float32; seen below 1e-6. */
const TOLERANCE = 5e-6;

/**
 * Ops TensorFlow.js (4.22.0) cannot differentiate as our rules compute them. Their values are checked all the same:
 * they are what the gradients of gather and of conv2d consist of.
 */
const WITHOUT_GRADIENT: Readonly<Record<string, string>> = {
  scatterAdd: 'ScatterNd has no gradient',
  conv2dWeightGrad: 'a dilated convolution has no gradient',
};

/** Σ y · (1, 2, 3, …) tells every element of y apart. */
function weightedSum(y: ir.Node): ir.Node {
  const weights = Float32Array.from({ length: ir.numel(y.shape) }, (_, i) => i + 1);
  const axes = y.shape.map((_, axis) => axis);
  return ir.reduceSum(ir.mul(y, ir.constant(weights, y.shape)), axes);
}

/** The loss as TensorFlow.js computes it: our rules for the forward graph, and nothing of our gradients. */
function forward(loss: ir.Node, inputs: readonly ir.Node[], fed: readonly tf.Tensor[]): tf.Scalar {
  const values = new Map<ir.Node, tf.Tensor>(inputs.map((node, i) => [node, fed[i]!]));
  for (const node of ir.topologicalOrder([loss])) {
    if (values.has(node)) continue;
    const operands = node.inputs.map((operand) => values.get(operand)!);
    if (node.op === 'constant') {
      values.set(node, tf.tensor(node.attributes.data, [...node.shape], node.dtype));
    } else if (node.dtype === 'bool') {
      // TensorFlow.js would want a gradient of a comparison: a copy is nothing it can follow back.
      values.set(node, tf.tensor(applyRule(tf, node, operands).dataSync(), [...node.shape], 'bool'));
    } else {
      values.set(node, applyRule(tf, node, operands));
    }
  }
  return values.get(loss) as tf.Scalar;
}

before(async () => {
  tf.enableProdMode();
  // The core has them in files that only a bundler, or require() under tsx, can follow; the registry is global.
  createRequire(import.meta.url)('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  await tf.setBackend('cpu');
});

for (const [op, cases] of Object.entries(OP_CASES)) {
  describe(`the gradient of ${op}`, { skip: WITHOUT_GRADIENT[op] ?? false }, () => {
    for (const testCase of cases as readonly OpCase[]) {
      if (testCase.smooth === false) continue;
      it(`${testCase.title}: equals that of TensorFlow.js`, () => {
        const inputs = testCase.shapes.map((shape, i) => ir.input(`x${i}`, shape));
        const loss = weightedSum(testCase.build(...inputs));
        const feeds = testCase.shapes.map((shape, i) =>
          Float32Array.from((testCase.values ?? irregular)(i, ir.numel(shape))),
        );
        const ours = evaluate(
          ir.makeGraph(Object.fromEntries(gradients(loss, inputs).map((g, i) => [`g${i}`, g]))),
          Object.fromEntries(feeds.map((data, i) => [`x${i}`, data])),
        );
        tf.tidy(() => {
          const differentiate = tf.grads((...fed: tf.Tensor[]) => forward(loss, inputs, fed));
          const theirs = differentiate(feeds.map((data, i) => tf.tensor(data, [...testCase.shapes[i]!])));
          for (const [i, gradient] of theirs.entries()) {
            assert.deepEqual(gradient.shape, testCase.shapes[i]);
            const error = relativeError(gradient.dataSync(), ours[`g${i}`]!);
            assert.ok(error < TOLERANCE, `gradient ${i}: ${error}`);
          }
        });
      });
    }
  });
}
