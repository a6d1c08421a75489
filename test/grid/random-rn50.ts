import { type StoredTensor, writeSafetensors } from '../../src/checkpoint/index.ts';
import { rn50Shapes } from '../../src/cli/speed/clip-shapes.ts';
import { randomWeights } from '../../src/cli/speed/random-weights.ts';

/** Writes a checkpoint of RN50's own shapes and random weights: 408 MB. */
export function writeRandomRn50(path: string): void {
  const weights = randomWeights(rn50Shapes());
  const stored = (name: string): StoredTensor => ({
    dtype: 'F32',
    ...(weights.tensor(name) as { shape: readonly number[]; data: Float32Array<ArrayBuffer> }),
  });
  writeSafetensors(path, new Map([...weights.names].map((name) => [name, stored(name)])));
}
