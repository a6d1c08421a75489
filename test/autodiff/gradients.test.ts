import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradients } from '../../src/autodiff/index.ts';
import * as ir from '../../src/ir/index.ts';
import { evaluate } from '../../src/runtime/index.ts';

/** Sum of all elements. */
const total = (x: ir.Node): ir.Node =>
  ir.reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );

const gradientOf = (y: ir.Node, x: ir.Node): ir.Node => gradients(y, [x])[0]!;

function valuesOf(node: ir.Node, feeds: Record<string, number[]> = {}): number[] {
  return [...evaluate(ir.makeGraph({ node }), feeds).node!];
}

function count(roots: readonly ir.Node[], op: ir.OpName): number {
  return ir.topologicalOrder(roots).filter((node) => node.op === op).length;
}

describe('gradients', () => {
  it('refuses what is no scalar, also with one element', () => {
    const x = ir.input('x', [2, 1]);
    for (const y of [x, ir.reshape(total(x), [1])]) {
      assert.throws(() => gradients(y, [x]), {
        name: 'ShapeError',
        message: `gradients(${ir.showShape(y.shape)}): expected a scalar`,
      });
    }
  });

  it('is zero, of the right shape, where y does not depend on x', () => {
    const [x, other] = [ir.input('x', [2, 3]), ir.input('other', [4])];
    const [toX, toOther] = gradients(total(ir.exp(other)), [x, other]) as [ir.Node, ir.Node];
    assert.deepEqual(toX.shape, [2, 3]);
    assert.deepEqual(valuesOf(toX), [0, 0, 0, 0, 0, 0]);
    assert.deepEqual(valuesOf(toOther, { other: [0, 0, 0, 0] }), [1, 1, 1, 1]);
  });

  it('of y with respect to y is 1', () => {
    const y = ir.input('y', []);
    assert.deepEqual(valuesOf(gradientOf(y, y)), [1]);
    const sum = total(ir.input('x', [3]));
    assert.deepEqual(valuesOf(gradientOf(sum, sum)), [1]);
  });

  it('takes inner nodes as well, and then x both through them and past them', () => {
    const x = ir.input('x', [2]);
    const square = ir.mul(x, x);
    const [toX, toSquare] = gradients(total(ir.mul(square, x)), [x, square]) as [ir.Node, ir.Node];
    // d x³ = 3 x²; with x² as the variable, x.
    assert.deepEqual(valuesOf(toX, { x: [2, -1] }), [12, 3]);
    assert.deepEqual(valuesOf(toSquare, { x: [2, -1] }), [2, -1]);
  });

  for (const [op, through] of [
    ['toFloat', (x: ir.Node) => ir.toFloat(ir.greater(x, ir.scalar(0)))],
    ['toFloat', (x: ir.Node) => ir.toFloat(ir.equal(x, ir.scalar(0)))],
  ] as const) {
    it(`names an op without gradient on the path: ${op} of ${through(ir.scalar(0)).inputs[0]!.op}`, () => {
      const x = ir.input('x', [2]);
      assert.throws(() => gradients(total(through(x)), [x]), {
        message: `gradients: ${op} has no gradient, but one was asked through it`,
      });
    });
  }

  it('goes past an op without gradient where nothing flows: the condition of where', () => {
    const x = ir.input('x', [3]);
    const y = ir.where(ir.greater(x, ir.scalar(0)), ir.mul(x, x), ir.neg(x));
    assert.deepEqual(valuesOf(gradientOf(total(y), x), { x: [-2, 3, 0] }), [-1, 6, -1]);
  });
});

describe('slices that tile an axis', () => {
  it('send back one concat and no padding', () => {
    const x = ir.input('x', [5, 2]);
    const parts = [ir.slice(x, 0, 3, 5), ir.slice(x, 0, 0, 1), ir.slice(x, 0, 1, 3)];
    const y = parts.map((part, i) => total(ir.scale(part, i + 1))).reduce((a, b) => ir.add(a, b));
    const gradient = gradientOf(y, x);
    assert.deepEqual(valuesOf(gradient), [2, 2, 3, 3, 3, 3, 1, 1, 1, 1]);
    assert.equal(
      ir
        .printGraph(ir.makeGraph({ gradient }))
        .split('\n')
        .filter((line) => /concat|pad|add/.test(line))
        .join('\n'),
      '%13 = concat(%4, %8, %12) {axis=0} : float32[5, 2]',
    );
  });

  it('leave zeros in gaps, still without padding', () => {
    const x = ir.input('x', [6]);
    const gradient = gradientOf(ir.add(total(ir.slice(x, 0, 1, 2)), total(ir.slice(x, 0, 4, 5))), x);
    assert.deepEqual(valuesOf(gradient), [0, 1, 0, 0, 1, 0]);
    assert.deepEqual([count([gradient], 'concat'), count([gradient], 'pad')], [1, 0]);
  });

  it('add up where they overlap', () => {
    const x = ir.input('x', [4]);
    const ranges = [
      [0, 2],
      [2, 4],
      [1, 3],
    ] as const;
    const y = ranges.map(([a, b]) => total(ir.slice(x, 0, a, b))).reduce((a, b) => ir.add(a, b));
    assert.deepEqual(valuesOf(gradientOf(y, x)), [1, 2, 2, 1]);
  });

  it('of two axes add up', () => {
    const x = ir.input('x', [2, 2]);
    const y = ir.add(total(ir.slice(x, 0, 0, 1)), total(ir.slice(x, 1, 0, 1)));
    assert.deepEqual(valuesOf(gradientOf(y, x)), [2, 1, 1, 0]);
  });
});

describe('frozen weights', () => {
  const layers = 3;
  const x = ir.input('x', [4, 8]);
  const weights = Array.from({ length: layers }, (_, i) => ir.input(`w${i}`, [8, 8]));
  const loss = total(weights.reduce<ir.Node>((h, w) => ir.linear(ir.quickGelu(h), w, null), x));

  it('cost one product a layer backwards, trained ones two', () => {
    const [toX] = gradients(loss, [x]) as [ir.Node];
    // The last layer's own value is not needed for its gradient.
    assert.equal(count([toX], 'matmul'), layers - 1 + layers);
    assert.equal(count([loss, toX], 'matmul'), layers + layers);
    const all = gradients(loss, [x, ...weights]);
    assert.equal(count([loss, ...all], 'matmul'), layers + 2 * layers);
  });

  it('in front of what is trained get nothing, nor does anything before them', () => {
    const [last] = gradients(loss, [weights.at(-1)!]) as [ir.Node];
    // Forward through the first two, and the last weight's own gradient.
    assert.equal(count([last], 'matmul'), layers - 1 + 1);
    assert.equal(count([last], 'sigmoid'), layers);
  });

  it('of a convolution get no weight gradient', () => {
    const image = ir.input('image', [1, 2, 5, 5]);
    const kernel = ir.input('kernel', [3, 2, 3, 3]);
    const y = total(ir.relu(ir.conv2d(image, kernel, { stride: 1, padding: 1 })));
    const [toImage] = gradients(y, [image]) as [ir.Node];
    assert.deepEqual([count([toImage], 'conv2dInputGrad'), count([toImage], 'conv2dWeightGrad')], [1, 0]);
    const [toKernel] = gradients(y, [kernel]) as [ir.Node];
    assert.deepEqual([count([toKernel], 'conv2dInputGrad'), count([toKernel], 'conv2dWeightGrad')], [0, 1]);
  });
});
