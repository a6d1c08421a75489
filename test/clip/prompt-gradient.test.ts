import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradients } from '../../src/autodiff/index.ts';
import { coopPrompts, encodePrompts, layOutPrompts, Tokenizer } from '../../src/clip/index.ts';
import { CLASS_TOKEN_POSITIONS } from '../../src/config/cell.ts';
import * as ir from '../../src/ir/index.ts';
import { evaluate } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';
import { encodePadded, TINY, TINY_EMBED_DIM, tinyTextTower } from './prompt-oracle.ts';

/** Names of one to four tokens (bytes, in so small a vocabulary), two of one length; packing them is no swap of pairs. */
const CLASS_NAMES = ['f-16', 'ab', 'x', 'st.', 'cd'];
const N_CTX = 3;
const tokenizer = new Tokenizer(TINY.vocabSize);
const weights = tinyTextTower();

const feedOf = (count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => 0.6 * Math.sin(2.1 * i + 0.7));

/** Σ features · (irregular numbers), so that every feature counts differently. */
function probe(features: ir.Node): ir.Node {
  const factors = Float32Array.from({ length: ir.numel(features.shape) }, (_, i) => Math.cos(1.3 * i));
  return ir.reduceSum(ir.mul(features, ir.constant(factors, features.shape)), [0, 1]);
}

for (const position of CLASS_TOKEN_POSITIONS) {
  for (const csc of [false, true]) {
    describe(`packed prompts in float64, ${position}, ${csc ? 'class-specific' : 'unified'}`, () => {
      const { contextLength, width } = TINY;
      const prompts = coopPrompts(tokenizer, CLASS_NAMES, { nCtx: N_CTX, position, contextLength });
      const shape = csc ? [CLASS_NAMES.length, N_CTX, width] : [N_CTX, width];
      const ctx = ir.input('ctx', shape);
      const packed = encodePrompts(layOutPrompts(prompts, csc), weights, ctx);
      const padded = encodePadded(prompts, weights, ctx);
      const values = feedOf(ir.numel(shape));
      const [packedGradient, paddedGradient] = [packed, padded].map((y) => gradients(probe(y), [ctx])[0]!);
      const graph = ir.makeGraph({ packed, padded, packedGradient, paddedGradient } as Record<
        string,
        ir.Node
      >);
      const found = evaluate(graph, { ctx: values });

      it('give the features of the padded encoding to twelve digits', () => {
        ir.verify(graph);
        assert.deepEqual(packed.shape, [CLASS_NAMES.length, TINY_EMBED_DIM]);
        assert.ok(relativeError(found.packed!, found.padded!) < 1e-12);
      });

      it('give its gradient with respect to the context', () => {
        assert.ok(relativeError(found.packedGradient!, found.paddedGradient!) < 1e-11);
      });

      it('give the gradient that central differences of the padded encoding give', () => {
        const loss = ir.makeGraph({ loss: probe(padded) });
        const step = 1e-5;
        // One irregular direction for each context vector; of each class if they have their own.
        for (let vector = 0; vector < values.length / width; vector++) {
          const direction = Float64Array.from({ length: width }, (_, w) =>
            Math.sin(3.7 * (vector * width + w) + 1),
          );
          const at = (sign: number): number => {
            const moved = values.slice();
            direction.forEach((d, w) => {
              moved[vector * width + w]! += sign * step * d;
            });
            return evaluate(loss, { ctx: moved }).loss![0]!;
          };
          const expected = (at(1) - at(-1)) / (2 * step);
          const slope = direction.reduce(
            (sum, d, w) => sum + d * found.packedGradient![vector * width + w]!,
            0,
          );
          assert.ok(
            Math.abs(slope - expected) < 1e-7 * Math.max(1, Math.abs(expected)),
            `${slope} ${expected}`,
          );
        }
      });
    });
  }
}
