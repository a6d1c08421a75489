import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ir from '../../src/ir/index.ts';
import { MISUSES } from './misuses.ts';

describe('a wrong use of an op is refused where the graph is built', () => {
  for (const [op, misuses] of Object.entries(MISUSES)) {
    for (const [title, build, operands, says] of misuses) {
      it(`${op}: ${title}`, () => {
        assert.throws(build, (error) => {
          assert.ok(error instanceof ir.ShapeError, String(error));
          assert.ok(error.op.startsWith(op), error.op);
          assert.ok(error.message.startsWith(error.op), error.message);
          assert.ok(error.message.includes(`(${operands})`), error.message);
          assert.ok(error.message.includes(says), error.message);
          assert.equal(`(${error.shapes.map(ir.showShape).join(', ')})`, `(${operands})`);
          return true;
        });
      });
    }
  }
});

describe('broadcastShapes follows NumPy', () => {
  // What numpy.broadcast_shapes answers.
  const cases = [
    [[], [], []],
    [[], [2, 3], [2, 3]],
    [[3], [2, 3], [2, 3]],
    [
      [4, 1],
      [1, 3],
      [4, 3],
    ],
    [
      [8, 1, 6, 1],
      [7, 1, 5],
      [8, 7, 6, 5],
    ],
    [[1, 1, 1], [5], [1, 1, 5]],
    [[256, 256, 3], [3], [256, 256, 3]],
    [
      [0, 1],
      [1, 4],
      [0, 4],
    ],
  ] as const;
  for (const [a, b, expected] of cases) {
    it(`${ir.showShape(a)} with ${ir.showShape(b)} is ${ir.showShape(expected)}, either way round`, () => {
      assert.deepEqual(ir.broadcastShapes('add', a, b), expected);
      assert.deepEqual(ir.broadcastShapes('add', b, a), expected);
    });
  }

  it('does not stretch an axis at the front', () => {
    assert.throws(() => ir.broadcastShapes('mul', [2, 3], [2]), {
      name: 'ShapeError',
      message: 'mul([2, 3], [2]): axis -1 has sizes 3 and 2',
    });
  });
});

describe('ops that would change nothing', () => {
  const x = ir.input('x', [2, 3]);
  it('are left out of the graph', () => {
    assert.equal(ir.reshape(x, [2, 3]), x);
    assert.equal(ir.transpose(x, [0, 1]), x);
    assert.equal(ir.broadcastTo(x, [2, 3]), x);
    assert.equal(ir.slice(x, 1, 0, 3), x);
    assert.equal(ir.pad(x, 0, 0, 0), x);
    assert.equal(ir.concat([x], 0), x);
    assert.equal(ir.reduceSum(x, []), x);
  });
});
