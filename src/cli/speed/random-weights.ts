import { OPENAI_FACTS, type StateDict, type WeightTensor } from '../../checkpoint/index.ts';
import { type Checkpoint, readArchitecture } from '../../clip/index.ts';
import { stream } from '../../data/index.ts';
import { numel, type Shape } from '../../ir/index.ts';
import type { TensorShapes } from '../clip-tensors.ts';

export type { TensorShapes };

/** Numbers drawn once and repeated: normal numbers are slow to draw, and speed does not depend on them. */
const POOL = 65_537;

/**
 * A model in memory with random weights: matrices are normal with variance 1 / (inner size), so that states keep
 * their size through the layers; scales and variances are 1, shifts 0.
 *
 * Tensors are made when they are asked for and not kept.
 */
export function randomWeights(shapes: TensorShapes): StateDict {
  const random = stream('speed weights', 0);
  const pool = Float32Array.from({ length: POOL }, () => random.normal());
  const shapeOf = (name: string): Shape => {
    const shape = shapes[name];
    if (shape === undefined) throw new Error(`internal: the random model has no tensor ${name}`);
    return shape;
  };
  const make = (name: string): WeightTensor => {
    const shape = shapeOf(name);
    const data = new Float32Array(numel(shape));
    if (shape.length < 2) data.fill(/(weight|running_var)$/.test(name) ? 1 : 0);
    else {
      const deviation = 1 / Math.sqrt(numel(shape.slice(1)));
      for (let i = 0; i < data.length; i++) data[i] = pool[i % POOL]! * deviation;
    }
    return { shape, data };
  };
  return {
    source: 'random weights',
    names: new Set(Object.keys(shapes)),
    shapeOf,
    tensor: make,
  };
}

/** A checkpoint that is on no disk. */
export function randomCheckpoint(name: string, shapes: TensorShapes): Checkpoint {
  const weights = randomWeights(shapes);
  return {
    path: weights.source,
    name,
    weights,
    facts: OPENAI_FACTS,
    architecture: readArchitecture(weights),
    files: [],
    close: () => {},
  };
}
