import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gradients } from '../../src/autodiff/index.ts';
import { readSafetensors, toFloat32, toInt32 } from '../../src/checkpoint/index.ts';
import { openCheckpoint } from '../../src/clip/index.ts';
import * as ir from '../../src/ir/index.ts';
import { imageLoss } from '../../src/methods/image-tuning-graph.ts';
import { ENGINES } from '../engines.ts';
import { relativeError } from '../relative-error.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** Both sides compute in float32; the order of sums differs. Seen below 2e-5. */
const TOLERANCE = 1e-4;
/**
 * A bias of the keys adds one number to all scores of a query, which softmax does not see: its gradient is zero, and
 * both sides give rounding. It is held against the weights' gradient of the same layer.
 */
const ZERO_GRADIENT = 'visual.attnpool.k_proj.bias';

for (const [title, name] of [
  ['ViT', 'vit'],
  ['ModifiedResNet', 'rn'],
] as const) {
  describe(`fine-tuning ${title}`, async () => {
    const model = await openCheckpoint(fixture(`checkpoints/${name}.openai.safetensors`));
    const { tensors } = readSafetensors(fixture(`finetune/${name}.safetensors`));
    const stored = (key: string) => toFloat32(tensors.get(key)!);
    const labels = toInt32(tensors.get('labels')!, 'labels');
    const { loss, weights } = imageLoss({
      model,
      // The recipe's own factor; exp(logit_scale) of these files is 100.03.
      logitScale: 100,
      classCount: tensors.get('text_features')!.shape[0]!,
      rows: labels.length,
    });
    const names = weights.map(({ attributes }) => attributes.name);
    const grads = gradients(loss, weights).map((g, i) => [names[i]!, g] as const);
    const graph = ir.makeGraph({ loss, ...Object.fromEntries(grads) });

    it('trains every weight that the reference trains, and no other', () => {
      const trained = [...tensors.keys()].filter((key) => key.startsWith('grad/'));
      assert.deepEqual(names.map((weight) => `grad/${weight}`).sort(), trained.sort());
    });

    it('makes a graph that verifies', () => ir.verify(graph));

    for (const { title: engineTitle, engine, skip } of ENGINES) {
      it(`has the reference's loss and gradients on ${engineTitle}`, { skip }, async () => {
        const executable = await engine.compile(graph);
        const fetched = await executable.run({
          image: stored('image'),
          text_features: stored('text_features'),
          labels,
          row_weights: new Float32Array(labels.length).fill(1 / labels.length),
          ...Object.fromEntries(names.map((weight) => [weight, model.weights.tensor(weight).data])),
        });
        await executable.dispose();
        assert.ok(relativeError(fetched.loss!, stored('loss')) < TOLERANCE);
        for (const weight of names) {
          const [actual, expected] = [fetched[weight]!, stored(`grad/${weight}`)];
          if (weight === ZERO_GRADIENT) {
            const scale = Math.max(...stored(`grad/${weight.replace('bias', 'weight')}`).map(Math.abs));
            assert.ok(Math.max(...actual.map(Math.abs), ...expected.map(Math.abs)) < TOLERANCE * scale);
          } else {
            const error = relativeError(actual, expected);
            assert.ok(error < TOLERANCE, `${weight}: ${error}`);
          }
        }
      });
    }
  });
}
