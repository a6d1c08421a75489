import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradients } from '../../src/autodiff/index.ts';
import * as ir from '../../src/ir/index.ts';

describe('topologicalOrder', () => {
  it('puts operands before users and each node once, also where paths meet', () => {
    const x = ir.input('x', [2]);
    let y: ir.Node = x;
    // 2⁶⁰ paths: a walk that does not remember what it has seen would not come back.
    for (let i = 0; i < 60; i++) y = ir.add(y, y);
    const order = ir.topologicalOrder([y, x, y]);
    assert.equal(order.length, 61);
    assert.equal(order[0], x);
    assert.equal(order.at(-1), y);
    const place = new Map(order.map((node, i) => [node, i]));
    for (const node of order) {
      for (const operand of node.inputs) assert.ok(place.get(operand)! < place.get(node)!);
    }
  });

  it('goes through a chain of 50,000 nodes, and so do gradients and verify', () => {
    const length = 50_000;
    const x = ir.input('x', []);
    let y: ir.Node = x;
    for (let i = 1; i < length; i++) y = ir.neg(y);
    assert.equal(ir.topologicalOrder([y]).length, length);
    const [gradient] = gradients(y, [x]) as [ir.Node];
    const graph = ir.makeGraph({ y, gradient });
    ir.verify(graph);
    assert.equal(ir.topologicalOrder([gradient]).length, length);
  });

  it('gives the same order every time', () => {
    const build = () => {
      const x = ir.input('x', [2, 2]);
      return ir.softmax(ir.matmul(ir.exp(x), ir.relu(x)));
    };
    const ops = (y: ir.Node) => ir.topologicalOrder([y]).map(({ op }) => op);
    assert.deepEqual(ops(build()), ['input', 'exp', 'relu', 'matmul', 'softmax']);
    assert.deepEqual(ops(build()), ops(build()));
  });
});

describe('makeGraph', () => {
  it('lists the inputs that the outputs depend on, in order of first use', () => {
    const [a, b, unused] = [ir.input('a', [2]), ir.input('b', [2]), ir.input('unused', [2])];
    const graph = ir.makeGraph({ sum: ir.add(b, a), twice: ir.add(a, a) });
    assert.deepEqual(
      graph.inputs.map(({ attributes }) => attributes.name),
      ['b', 'a'],
    );
    assert.ok(!graph.inputs.includes(unused));
    assert.deepEqual(Object.keys(graph.outputs), ['sum', 'twice']);
  });

  it('needs no input: constants alone make a graph', () => {
    assert.deepEqual(ir.makeGraph({ one: ir.scalar(1) }).inputs, []);
  });
});
