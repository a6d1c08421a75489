import { type StoredTensor, writeSafetensors } from '../../src/checkpoint/index.ts';
import { clipTensorShapes, type TensorShapes } from '../../src/cli/clip-tensors.ts';
import { rn50Shapes } from '../../src/cli/speed/clip-shapes.ts';
import { randomWeights } from '../../src/cli/speed/random-weights.ts';

/** RN50's form and its 224 px, narrow and shallow: 1/60 of its operations. */
function smallShapes(): TensorShapes {
  const text = { width: 128, layers: 2, mlpWidth: 512, contextLength: 77, vocabSize: 49_408 };
  const vision = { kind: 'resnet', width: 16, layers: [1, 1, 1, 1], grid: 7 } as const;
  return clipTensorShapes({ embedDim: 256, text, vision });
}

/** Writes a checkpoint of random weights, of RN50's own shapes (408 MB) or of smaller ones of its form. */
export function writeRandomRn50(path: string, size: 'real' | 'small'): void {
  const weights = randomWeights(size === 'real' ? rn50Shapes() : smallShapes());
  const stored = (name: string): StoredTensor => ({
    dtype: 'F32',
    ...(weights.tensor(name) as { shape: readonly number[]; data: Float32Array<ArrayBuffer> }),
  });
  writeSafetensors(path, new Map([...weights.names].map((name) => [name, stored(name)])));
}
