import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gradients } from '../../src/autodiff/index.ts';
import { readSafetensors, toFloat32, toInt32 } from '../../src/checkpoint/index.ts';
import { rn50Shapes } from '../../src/cli/speed/clip-shapes.ts';
import { randomCheckpoint } from '../../src/cli/speed/random-weights.ts';
import { encodeImages, openCheckpoint, trainableImages } from '../../src/clip/index.ts';
import * as ir from '../../src/ir/index.ts';
import { imageLoss } from '../../src/methods/image-tuning-graph.ts';
import { ImageTuner, rowsFor } from '../../src/methods/index.ts';
import { evaluate, onnxEngine } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const engine = onnxEngine();
const [momentum, weightDecay, logitScale] = [0.9, 5e-4, 100];

async function stored(name: 'vit' | 'rn') {
  const model = await openCheckpoint(fixture(`checkpoints/${name}.openai.safetensors`));
  const { tensors } = readSafetensors(fixture(`finetune/${name}.safetensors`));
  const floats = (key: string) => toFloat32(tensors.get(key)!);
  const labels = toInt32(tensors.get('labels')!, 'labels');
  const text = floats('text_features');
  const tune = (rows: number) =>
    ImageTuner.compile(engine, { model, logitScale, classCount: text.length / 32, rows });
  return { model, floats, images: floats('image'), labels, text, tune };
}

const largest = (values: Float32Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

for (const name of ['vit', 'rn'] as const) {
  describe(`fine-tuning the image tower of ${name}`, async () => {
    const { model, floats, images, labels, text, tune } = await stored(name);

    it("starts with a step along PyTorch's gradient and the weights' decay", async () => {
      const tuner = await tune(labels.length);
      const state = tuner.start();
      const rate = 1e-3;
      const { loss } = await tuner.step(state, text, { images, labels }, { rate, momentum, weightDecay });
      await tuner.dispose();
      assert.ok(relativeError([loss], floats('loss')) < 1e-5);
      // A gradient that is zero, as of the keys' bias in attention, is rounding alone on either side.
      const rounding = 1e-6 * Math.max(...Object.keys(state.params).map((w) => largest(floats(`grad/${w}`))));
      for (const [weight, moved] of Object.entries(state.params)) {
        const before = model.weights.tensor(weight).data;
        const gradient = floats(`grad/${weight}`);
        const direction = gradient.map((g, i) => g + weightDecay * before[i]!);
        const away = state.velocities[weight]!.map((v, i) => v - direction[i]!);
        assert.ok(largest(away) < 1e-3 * largest(direction) + rounding, weight);
        const off = moved.map((p, i) => p - (before[i]! - rate * direction[i]!));
        assert.ok(
          largest(off) < 1e-3 * rate * largest(direction) + rate * rounding + 1e-7 * largest(before),
          weight,
        );
      }
    });

    it('takes the same steps in parts of any size', async () => {
      const run = async (rows: number) => {
        const tuner = await tune(rows);
        const state = tuner.start();
        const losses: number[] = [];
        const correct: number[] = [];
        for (const rate of [1e-4, 1e-3, 1e-3]) {
          const settings = { rate, momentum, weightDecay };
          const outcome = await tuner.step(state, text, { images, labels }, settings);
          losses.push(outcome.loss);
          correct.push(outcome.correct);
        }
        await tuner.dispose();
        return { losses, correct, state };
      };
      const whole = await run(4);
      for (const rows of [1, 3]) {
        const parts = await run(rows);
        assert.ok(relativeError(parts.losses, whole.losses) < 1e-4, `losses in parts of ${rows}`);
        assert.deepEqual(parts.correct, whole.correct);
        for (const [weight, expected] of Object.entries(whole.state.params)) {
          assert.ok(
            relativeError(parts.state.params[weight]!, expected) < 1e-4,
            `${weight} in parts of ${rows}`,
          );
        }
      }
    });

    it('encodes with the weights of a state as the tower that was trained does', async () => {
      const tuner = await tune(4);
      const state = tuner.start();
      for (let i = 0; i < 2; i++) {
        await tuner.step(state, text, { images, labels }, { rate: 1e-3, momentum, weightDecay });
      }
      const trained = await engine.compile(ir.makeGraph({ features: trainableImages(model, 4).features }));
      const frozen = await engine.compile(ir.makeGraph({ features: encodeImages(tuner.tuned(state), 4) }));
      const [{ features: expected }, { features: actual }, before] = [
        await trained.run({ image: images, ...state.params }),
        await frozen.run({ image: images }),
        await trained.run({ image: images, ...tuner.start().params }),
      ];
      assert.ok(relativeError(actual!, expected!) < 1e-5);
      assert.ok(relativeError(before.features!, expected!) > 1e-3, 'training changed them');
      for (const executable of [trained, frozen, tuner]) await executable.dispose();
    });
  });
}

describe('a trajectory of fine-tuning', () => {
  it('is that of double precision', async () => {
    const { model, images, labels, text, tune } = await stored('vit');
    const rows = 2;
    const few = { images: images.slice(0, images.length / 2), labels: labels.slice(0, rows) };
    const rates = [1e-5, 1e-4, 1e-4];

    const { loss, weights } = imageLoss({ model, logitScale, classCount: text.length / 32, rows });
    const names = weights.map(({ attributes }) => attributes.name);
    const graph = ir.makeGraph({
      loss,
      ...Object.fromEntries(gradients(loss, weights).map((g, i) => [names[i]!, g])),
    });
    const exact = new Map(
      names.map((weight) => [weight, Float64Array.from(model.weights.tensor(weight).data)]),
    );
    const velocity = new Map(names.map((weight) => [weight, new Float64Array(exact.get(weight)!.length)]));
    const losses: number[] = [];
    for (const rate of rates) {
      const fetched = evaluate(graph, {
        image: few.images,
        labels: few.labels,
        text_features: text,
        row_weights: [0.5, 0.5],
        ...Object.fromEntries(exact),
      });
      losses.push(fetched.loss![0]!);
      for (const [weight, p] of exact) {
        const v = velocity.get(weight)!;
        p.forEach((value, i) => {
          v[i] = momentum * v[i]! + fetched[weight]![i]! + weightDecay * value;
          p[i] = value - rate * v[i]!;
        });
      }
    }

    const tuner = await tune(rows);
    after(() => tuner.dispose());
    const state = tuner.start();
    const ours: number[] = [];
    for (const rate of rates) {
      ours.push((await tuner.step(state, text, few, { rate, momentum, weightDecay })).loss);
    }
    assert.ok(relativeError(ours, losses) < 1e-4);
    for (const [weight, expected] of exact) {
      assert.ok(relativeError(state.params[weight]!, expected) < 1e-4, weight);
    }
    assert.ok(losses.at(-1)! < losses[0]!, 'the loss falls');
  });
});

describe('pictures of one run', () => {
  it('are the whole batch where memory allows', async () => {
    const { model } = await stored('rn');
    assert.deepEqual(
      [32, 7, 1].map((batch) => rowsFor(model, batch)),
      [32, 7, 1],
    );
  });

  it('are parts as equal as can be of RN50 at 224 pixels', () => {
    const model = randomCheckpoint('RN50', rn50Shapes());
    // 24 pictures of 49 MB of activations each fit.
    assert.deepEqual(
      [64, 32, 25, 24].map((batch) => rowsFor(model, batch)),
      [22, 16, 13, 24],
    );
  });
});
