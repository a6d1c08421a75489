import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradients } from '../../src/autodiff/index.ts';
import { coopPrompts, encodePrompts, layOutPrompts, Tokenizer } from '../../src/clip/index.ts';
import { CLASS_TOKEN_POSITIONS } from '../../src/config/cell.ts';
import * as ir from '../../src/ir/index.ts';
import { onnxEngine } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';
import { encodePadded, TINY, tinyTextTower } from './prompt-oracle.ts';

/** So many that a narrow tower takes their rows in pieces: more than 1024 of them. */
const CLASS_NAMES = Array.from({ length: 220 }, (_, k) => 'abcd'.slice(0, 1 + (k % 4)));
const N_CTX = 3;
/** float32 on both sides, other orders of sums. */
const TOLERANCE = 1e-4;

const engine = onnxEngine();
const weights = tinyTextTower();

/** Σ features · (irregular numbers), so that every feature counts differently. */
function probe(features: ir.Node): ir.Node {
  const factors = Float32Array.from({ length: ir.numel(features.shape) }, (_, i) => Math.cos(1.3 * i));
  return ir.reduceSum(ir.mul(features, ir.constant(factors, features.shape)), [0, 1]);
}

describe('prompts that are taken in pieces', () => {
  for (const position of CLASS_TOKEN_POSITIONS) {
    for (const csc of [false, true]) {
      it(`equal the padded encoding and its gradient: ${position}, ${csc ? 'class-specific' : 'unified'}`, async () => {
        const { contextLength, width, vocabSize } = TINY;
        const prompts = coopPrompts(new Tokenizer(vocabSize), CLASS_NAMES, {
          nCtx: N_CTX,
          position,
          contextLength,
        });
        const ctx = ir.input('ctx', csc ? [CLASS_NAMES.length, N_CTX, width] : [N_CTX, width]);
        const packed = encodePrompts(layOutPrompts(prompts, csc), weights, ctx);
        const padded = encodePadded(prompts, weights, ctx);
        const [packedGradient, paddedGradient] = [packed, padded].map((y) => gradients(probe(y), [ctx])[0]!);
        const graph = ir.makeGraph({ packed, padded, packedGradient, paddedGradient } as Record<
          string,
          ir.Node
        >);
        ir.verify(graph);
        const executable = await engine.compile(graph);
        const values = Float32Array.from({ length: ir.numel(ctx.shape) }, (_, i) => 0.6 * Math.sin(2.1 * i));
        const found = await executable.run({ ctx: values });
        assert.ok(relativeError(found.packed!, found.padded!) < TOLERANCE);
        assert.ok(relativeError(found.packedGradient!, found.paddedGradient!) < TOLERANCE);
        await executable.dispose();
      });
    }
  }
});
