import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyTextPart, compileTextTuning, startTextPart, type TextPart } from '../../src/methods/index.ts';
import { ENGINES } from '../engines.ts';
import { relativeError } from '../relative-error.ts';
import { irregular } from '../runtime/op-cases.ts';

const [classCount, embedDim, batchSize, logitScale] = [3, 5, 4, 20];
const text = irregular(1, classCount * embedDim);
const images = irregular(2, batchSize * embedDim);
const labels = [2, 0, 1, 2];
const [momentum, weightDecay] = [0.9, 5e-4];

const rowOf = (x: readonly number[], i: number) => x.slice(i * embedDim, (i + 1) * embedDim);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Text features under the part, from the definitions: W · t, or t + b. */
function textUnder(part: TextPart, param: readonly number[]): number[][] {
  return Array.from({ length: classCount }, (_, k) => {
    const t = rowOf(text, k);
    return part === 'bias' ? t.map((x, e) => x + param[e]!) : t.map((_, e) => dot(rowOf(param, e), t));
  });
}

/** Scaled cosines of every picture with every class, in double precision. */
function logitsOf(part: TextPart, param: readonly number[]): number[][] {
  const classes = textUnder(part, param);
  return labels.map((_, i) => {
    const x = rowOf(images, i);
    return classes.map((t) => (logitScale * dot(x, t)) / Math.sqrt(dot(x, x) * dot(t, t)));
  });
}

/** Mean of −log softmax. */
function lossOf(part: TextPart, param: readonly number[]): number {
  const rows = logitsOf(part, param);
  const losses = labels.map((label, i) => {
    const logits = rows[i]!;
    return Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - logits[label]!;
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / batchSize;
}

/** PyTorch's SGD on central differences. */
function trajectory(part: TextPart, start: readonly number[], rates: readonly number[]) {
  let param = [...start];
  let velocity: number[] | null = null;
  const losses: number[] = [];
  for (const rate of rates) {
    losses.push(lossOf(part, param));
    const step = 1e-5;
    const at = (i: number, by: number) => lossOf(part, param.with(i, param[i]! + by));
    const direction = param.map((p, i) => (at(i, step) - at(i, -step)) / (2 * step) + weightDecay * p);
    const before: number[] | null = velocity;
    velocity = before === null ? direction : direction.map((d, i) => momentum * before[i]! + d);
    param = param.map((p, i) => p - rate * velocity![i]!);
  }
  return { param, losses };
}

const RATES = [0.02, 0.05, 0.05, 0.01];

for (const { title, engine, skip } of ENGINES) {
  for (const part of ['layer', 'bias'] as const) {
    it(`trains a text ${part} as central differences and PyTorch's SGD do, on ${title}`, {
      skip,
    }, async () => {
      const state = startTextPart(part, embedDim);
      const [start] = Object.values(state.params).map((data) => Array.from(data)) as [number[]];
      const expected = trajectory(part, start, RATES);
      const program = await compileTextTuning(engine, {
        part,
        logitScale,
        classCount,
        embedDim,
        batchSize,
      });
      const losses: number[] = [];
      for (const rate of RATES) {
        const feeds = {
          image_features: Float32Array.from(images),
          text_features: Float32Array.from(text),
          labels: Int32Array.from(labels),
        };
        const before = Array.from(Object.values(state.params)[0]!);
        const { loss, logits } = await program.step(state, feeds, { rate, momentum, weightDecay });
        losses.push(loss);
        assert.ok(relativeError(logits, logitsOf(part, before).flat()) < 1e-5);
      }
      await program.dispose();
      assert.ok(relativeError(losses, expected.losses) < 1e-5);
      assert.ok(relativeError(Object.values(state.params)[0]!, expected.param) < 1e-5);

      const features = await applyTextPart(engine, part, Float32Array.from(text), state);
      assert.ok(relativeError(features, textUnder(part, expected.param).flat()) < 1e-5);
    });
  }
}

describe('what a text part starts from', () => {
  for (const part of ['layer', 'bias'] as const) {
    it(`leaves text features as they are: ${part}`, async () => {
      const [{ engine }] = ENGINES as [(typeof ENGINES)[number]];
      const given = Float32Array.from(text);
      assert.deepEqual(await applyTextPart(engine, part, given, startTextPart(part, embedDim)), given);
    });
  }
});
