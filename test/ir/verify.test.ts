import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ir from '../../src/ir/index.ts';

const x = ir.input('x', [2, 3]);
const weight = ir.constant(new Float32Array(12), [4, 3], 'weight');
const product = ir.matmul(x, weight, { transB: true });

/** A node whose fields say something else than its op gives, as a faulty rewrite would leave it. */
const tampered = (node: ir.Node, change: object): ir.Node => ({ ...node, ...change }) as ir.Node;
const graphOf = (y: ir.Node): ir.Graph => ir.makeGraph({ y });

describe('verify', () => {
  it('accepts what the ops build', () => {
    ir.verify(graphOf(ir.softmax(product)));
  });

  const faults: readonly (readonly [string, ir.Graph, RegExp])[] = [
    [
      'a shape that the op does not give',
      graphOf(tampered(product, { shape: [4, 2] })),
      /^internal: matmul \[4, 2\] float32 should be \[2, 4\] float32$/,
    ],
    [
      'a type that the op does not give',
      graphOf(tampered(product, { dtype: 'int32' })),
      /^internal: matmul \[2, 4\] int32 should be \[2, 4\] float32$/,
    ],
    [
      'an attribute that no longer fits the operands',
      graphOf(tampered(product, { attributes: { transA: false, transB: false } })),
      /^matmul\(\[2, 3\], \[4, 3\]\): inner sizes are 3 and 4$/,
    ],
    [
      'a missing operand',
      graphOf(tampered(product, { inputs: [x] })),
      /^matmul·\^T\(\[2, 3\]\): operands are/,
    ],
    [
      'an operand too many',
      graphOf(tampered(ir.reshape(x, [6]), { inputs: [x, x] })),
      /^reshape\(\[2, 3\], \[2, 3\]\): takes one operand$/,
    ],
    [
      'a comparison of three',
      graphOf(tampered(ir.greater(x, x), { inputs: [x, x, x] })),
      /^greater\(.*operands are \(float32, float32, float32\)/,
    ],
    [
      'a fault deep below the output',
      graphOf(ir.softmax(ir.add(tampered(product, { shape: [1, 4] }), ir.scalar(1)))),
      /^internal: matmul \[1, 4\]/,
    ],
    [
      'constants with other values than their shape says',
      graphOf(tampered(weight, { shape: [3, 3] })),
      /^internal: constant \[3, 3\] has other values$/,
    ],
    ['two inputs of one name', graphOf(ir.add(x, ir.input('x', [3]))), /^internal: two inputs x$/],
    [
      'an input that is not listed',
      { inputs: [], outputs: { y: product } },
      /^internal: input x is not listed$/,
    ],
  ];
  for (const [title, graph, message] of faults) {
    it(`refuses ${title}`, () => assert.throws(() => ir.verify(graph), { message }));
  }
});
