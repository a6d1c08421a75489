import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rn50Shapes, vitB32Shapes } from '../../src/cli/speed/clip-shapes.ts';
import { randomCheckpoint, type TensorShapes } from '../../src/cli/speed/random-weights.ts';

/** Numbers that are trained: statistics of batch normalisation are not. */
function parameters(shapes: TensorShapes): number {
  return Object.entries(shapes)
    .filter(([name]) => !name.includes('running_'))
    .reduce((total, [, shape]) => total + shape.reduce((product, size) => product * size, 1), 0);
}

describe('models with random weights', () => {
  it('have as many parameters as the models they stand for', () => {
    // What OpenAI's models count themselves: sum of p.numel() over model.parameters().
    assert.equal(parameters(rn50Shapes()), 102_007_137);
    assert.equal(parameters(vitB32Shapes()), 151_277_313);
  });

  it('are read as their architectures', () => {
    const rn50 = randomCheckpoint('RN50', rn50Shapes()).architecture;
    const openai = { activation: 'quickgelu', epsilon: 1e-5 } as const;
    const text = {
      ...openai,
      width: 512,
      mlpWidth: 2048,
      layers: 12,
      heads: 8,
      contextLength: 77,
      vocabSize: 49_408,
    };
    assert.deepEqual(rn50, {
      embedDim: 1024,
      vision: { kind: 'resnet', width: 64, layers: [3, 4, 6, 3], heads: 32, grid: 7, resolution: 224 },
      text,
    });
    const vit = randomCheckpoint('ViT-B/32', vitB32Shapes()).architecture;
    assert.deepEqual(vit, {
      embedDim: 512,
      vision: {
        ...openai,
        kind: 'vit',
        width: 768,
        mlpWidth: 3072,
        layers: 12,
        heads: 12,
        patchSize: 32,
        grid: 7,
        resolution: 224,
      },
      text,
    });
  });

  it('keep the size of what goes through a layer, and repeat', () => {
    const { weights } = randomCheckpoint('RN50', rn50Shapes());
    const name = 'transformer.resblocks.0.mlp.c_fc.weight';
    const { data } = weights.tensor(name);
    const squares = data.reduce((sum, value) => sum + value * value, 0);
    assert.ok(Math.abs(squares / (4 * 512) - 1) < 0.02);
    assert.deepEqual(weights.tensor(name).data, data);
  });
});
