import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors, toFloat32, toInt32 } from '../../src/checkpoint/index.ts';
import { encodeImages, encodeTokens, openCheckpoint, readTextWeights } from '../../src/clip/index.ts';
import * as ir from '../../src/ir/index.ts';
import { ENGINES } from '../engines.ts';
import { relativeError } from '../relative-error.ts';

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** Both sides compute in float32; the order of sums differs. */
const TOLERANCE = 1e-5;

const MODELS = [
  [
    'ViT',
    'test/fixtures/checkpoints/vit.openai.safetensors',
    'test/fixtures/checkpoints/vit.expected.safetensors',
  ],
  [
    'ModifiedResNet',
    'test/fixtures/checkpoints/rn.openai.safetensors',
    'test/fixtures/checkpoints/rn.expected.safetensors',
  ],
  ['the embedded model', 'models/icon-clip-rn.safetensors', 'models/icon-clip-rn.expected.safetensors'],
] as const;

for (const [title, checkpointFile, expectedFile] of MODELS) {
  describe(`features of ${title}`, async () => {
    const checkpoint = await openCheckpoint(file(checkpointFile));
    const { tensors } = readSafetensors(file(expectedFile));

    for (const { title: engineTitle, engine, skip } of ENGINES) {
      it(`equal the reference implementation for images on ${engineTitle}`, { skip }, async () => {
        const graph = ir.makeGraph({ features: encodeImages(checkpoint, 4) });
        ir.verify(graph);
        const executable = await engine.compile(graph);
        const { features } = await executable.run({ image: toFloat32(tensors.get('image')!) });
        assert.ok(relativeError(features!, toFloat32(tensors.get('image_features')!)) < TOLERANCE);
        await executable.dispose();
      });

      it(`equal the reference implementation for tokens on ${engineTitle}`, { skip }, async () => {
        const text = readTextWeights(checkpoint.weights, checkpoint.architecture);
        const tokens = toInt32(tensors.get('tokens')!, 'tokens');
        const length = text.architecture.contextLength;
        const eot = Int32Array.from({ length: 4 }, (_, row) => {
          const ids = tokens.subarray(row * length, (row + 1) * length);
          return row * length + ids.indexOf(ids.reduce((a, b) => Math.max(a, b)));
        });
        const graph = ir.makeGraph({
          features: encodeTokens(
            ir.input('tokens', [4, length], 'int32'),
            ir.input('eot', [4], 'int32'),
            text,
          ),
        });
        ir.verify(graph);
        const executable = await engine.compile(graph);
        const { features } = await executable.run({ tokens, eot });
        assert.ok(relativeError(features!, toFloat32(tensors.get('text_features')!)) < TOLERANCE);
        await executable.dispose();
      });
    }
  });
}
