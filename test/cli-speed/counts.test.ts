import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { speedClassNames } from '../../src/cli/speed/class-names.ts';
import { median } from '../../src/cli/speed/workload.ts';
import { layOutPrompts } from '../../src/clip/index.ts';
import * as ir from '../../src/ir/index.ts';
import type { CoOpStepSpec } from '../../src/methods/index.ts';
import { stepFlops } from '../../src/methods/index.ts';

describe('operations of a graph', () => {
  it('are two for each product of a matrix multiplication, whichever operand is transposed', () => {
    const [a, b] = [ir.input('a', [5, 2, 3]), ir.input('b', [5, 3, 7])];
    const plain = ir.matmul(a, b);
    const turned = ir.matmul(ir.transpose(a, [0, 2, 1]), b, { transA: true });
    // 5 products of 2 × 3 by 3 × 7.
    assert.equal(ir.graphFlops(ir.makeGraph({ plain })), 2 * 5 * 2 * 3 * 7);
    assert.equal(ir.graphFlops(ir.makeGraph({ plain, turned })), 2 * 2 * 5 * 2 * 3 * 7);
  });

  it('are two for each product of a convolution', () => {
    const y = ir.conv2d(ir.input('x', [2, 3, 8, 8]), ir.input('w', [4, 3, 3, 3]), { stride: 2, padding: 1 });
    // 2 pictures, 4 channels, 4 × 4 places, 27 products each; adding and relu count nothing.
    assert.equal(ir.graphFlops(ir.makeGraph({ y: ir.relu(ir.add(y, y)) })), 2 * 2 * 4 * 16 * 27);
  });
});

describe('operations of a step', () => {
  it('count the rows of the packed layout', () => {
    // Two prompts behind SOT and two context vectors: "7 9" and "8 5 9"; N = 1 + 2 + 2 + 3.
    const layout = layOutPrompts([
      [~0, ~1, 7, 9],
      [~0, ~1, 8, 5, 9],
    ]);
    const text = { architecture: { layers: 3, width: 10 } } as CoOpStepSpec['text'];
    const [layers, width, rows, classes] = [3, 10, 8, 2];
    const perLayer = 12 * width ** 2 * rows;
    const expected = 4 * ((layers - 1) * perLayer + 2 * width ** 2 * rows + 10 * width ** 2 * classes);
    assert.equal(stepFlops(layout, text.architecture), expected);
  });
});

describe('class names to measure with', () => {
  it('are those of a dataset where it has as many', () => {
    assert.ok(speedClassNames(10).includes('Herbaceous Vegetation Land'));
    assert.ok(speedClassNames(37).includes('staffordshire_bull_terrier'));
    assert.ok(speedClassNames(100).includes('joshua_tree'));
    for (const count of [10, 37, 100]) {
      assert.equal(speedClassNames(count).length, count);
      assert.equal(new Set(speedClassNames(count)).size, count);
    }
  });

  it('repeat where more are asked for', () => {
    const many = speedClassNames(397);
    assert.equal(many.length, 397);
    assert.equal(many[147], many[0]);
    assert.ok(many.every((name) => /^[A-Za-z_ ]+$/.test(name)));
  });
});

describe('median', () => {
  it('is the middle value, or the mean of the middle two, in any order', () => {
    assert.equal(median([3]), 3);
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([10, 2, 4, 100]), 7);
  });
});
