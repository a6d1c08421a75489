import { type StoredTensor, writeSafetensors } from '../../src/checkpoint/index.ts';
import { rn50Shapes } from '../../src/cli/speed/clip-shapes.ts';
import { randomWeights } from '../../src/cli/speed/random-weights.ts';

/** Of the text tower's twelve blocks, those from this one on are left out. */
const isDeeper = (name: string, textLayers: number): boolean =>
  Number(/^transformer\.resblocks\.(\d+)\./.exec(name)?.[1] ?? -1) >= textLayers;

/** Writes a checkpoint of RN50's own shapes and random weights: 408 MB with all blocks of its text tower. */
export function writeRandomRn50(path: string, textLayers = 12): void {
  const weights = randomWeights(rn50Shapes());
  const stored = (name: string): StoredTensor => ({
    dtype: 'F32',
    ...(weights.tensor(name) as { shape: readonly number[]; data: Float32Array<ArrayBuffer> }),
  });
  const names = [...weights.names].filter((name) => !isDeeper(name, textLayers));
  writeSafetensors(path, new Map(names.map((name) => [name, stored(name)])));
}
