import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradients } from '../../src/autodiff/index.ts';
import { coopPrompts, encodePrompts, layOutPrompts, Tokenizer } from '../../src/clip/index.ts';
import { binSequences } from '../../src/clip/prompt-bins.ts';
import { sequenceLengths } from '../../src/clip/prompt-layout.ts';
import * as ir from '../../src/ir/index.ts';
import { evaluate } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';
import { encodePadded, TINY, TINY_EMBED_DIM, tinyTextTower } from './prompt-oracle.ts';

describe('bins', () => {
  const irregular = (count: number) => Array.from({ length: count }, (_, i) => 3 + ((i * i * 7 + i) % 6));
  for (const lengths of [[3, 4], [3, 3, 3, 9], irregular(11), irregular(36), irregular(122)]) {
    it(`hold each of ${lengths.length} sequences once, whole, and its last row`, () => {
      const bins = binSequences(lengths, 128)!;
      const { count, length, slots, sequences, slotOfRow, lastRows } = bins;
      assert.deepEqual([sequences.length, slotOfRow.length], [count * slots, count * length]);
      assert.deepEqual(
        sequences.filter((sequence) => sequence >= 0).sort((a, b) => a - b),
        [...lengths.keys()],
      );
      sequences.forEach((sequence, slot) => {
        const rows = [...slotOfRow.keys()].filter((row) => slotOfRow[row] === slot);
        assert.equal(rows.length, sequence < 0 ? 0 : lengths[sequence]);
        if (sequence >= 0) assert.equal(rows.at(-1)! - rows[0]! + 1, rows.length);
        assert.equal(Math.floor(lastRows[slot]! / length), Math.floor(slot / slots));
        assert.equal(slotOfRow[lastRows[slot]!], sequence < 0 ? -1 : slot);
        if (sequence >= 0) assert.equal(lastRows[slot], rows.at(-1));
      });
      assert.equal(new Set(lastRows).size, lastRows.length);
    });
  }

  it('are not made where all sequences have one length', () => {
    assert.equal(binSequences([4, 4, 4], 128), null);
    assert.equal(binSequences([4], 128), null);
  });
});

describe('prompts of several lengths on a narrow tower, in float64', () => {
  /** Of one to four tokens: a slot stays empty, and more rows than its own fill up. */
  const NAMES = ['abc', 'ab', 'x', 'st', 'cd', 'ef', 'abcd'];
  const N_CTX = 3;
  const GROUPS = 2;
  const weights = tinyTextTower();
  const tokenizer = new Tokenizer(TINY.vocabSize);
  const { contextLength, width } = TINY;
  const prompts = coopPrompts(tokenizer, NAMES, { nCtx: N_CTX, position: 'end', contextLength });
  const layout = layOutPrompts(prompts);
  const bins = binSequences(sequenceLengths(layout), width)!;

  function probe(features: ir.Node): ir.Node {
    const factors = Float32Array.from({ length: ir.numel(features.shape) }, (_, i) => Math.cos(1.3 * i));
    return ir.reduceSum(
      ir.mul(features, ir.constant(factors, features.shape)),
      features.shape.map((_, axis) => axis),
    );
  }

  it('are laid out with both kinds of gaps', () => {
    assert.ok(bins.sequences.includes(-1));
    assert.ok(bins.slotOfRow.filter((slot) => slot < 0).length > 1);
  });

  it('give the features and gradients of the padded encoding, for two contexts side by side', () => {
    const size = N_CTX * width;
    const both = ir.input('ctx', [GROUPS, N_CTX, width]);
    const packed = encodePrompts(layout, weights, both);
    assert.deepEqual(packed.shape, [GROUPS, NAMES.length, TINY_EMBED_DIM]);
    const values = Float64Array.from({ length: GROUPS * size }, (_, i) => 0.6 * Math.sin(2.1 * i + 0.7));
    const padded = ir.reshape(
      ir.concat(
        Array.from({ length: GROUPS }, (_, g) =>
          encodePadded(prompts, weights, ir.reshape(ir.slice(both, 0, g, g + 1), [N_CTX, width])),
        ),
        0,
      ),
      packed.shape,
    );
    const [packedGradient, paddedGradient] = [packed, padded].map((y) => gradients(probe(y), [both])[0]!);
    const graph = ir.makeGraph({ packed, padded, packedGradient, paddedGradient } as Record<string, ir.Node>);
    ir.verify(graph);
    const found = evaluate(graph, { ctx: values });
    assert.ok(relativeError(found.packed!, found.padded!) < 1e-12);
    assert.ok(relativeError(found.packedGradient!, found.paddedGradient!) < 1e-11);
  });
});
