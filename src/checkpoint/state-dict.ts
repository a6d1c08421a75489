import { nearNames, UserError } from '../config/index.ts';

/** A tensor of a checkpoint, widened to float32. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A checkpoint's tensors under OpenAI's names, whatever the file's format was. */
export interface StateDict {
  /** Where it came from, for messages. */
  readonly source: string;
  readonly names: ReadonlySet<string>;
  shapeOf(name: string): readonly number[];
  /** Reads a tensor and widens it to float32. @throws {UserError} CHECKPOINT_TENSOR_MISSING */
  tensor(name: string): WeightTensor;
}

/** The error for a tensor that a checkpoint should have. */
export function missingTensor(source: string, name: string, names: Iterable<string>): UserError {
  const near = nearNames(name, [...names]);
  return new UserError('CHECKPOINT_TENSOR_MISSING', {
    where: `checkpoint ${source}: tensor ${name} is missing`,
    expected: 'the tensors of a whole CLIP model',
    ...(near.length > 0 ? { found: `similar names: ${near.join(', ')}` } : {}),
    hint: "check that the file is a whole CLIP model, under OpenAI's, open_clip's or Hugging Face's names",
  });
}

/** Reads a tensor and checks its shape. @throws {UserError} CHECKPOINT_SHAPE, CHECKPOINT_TENSOR_MISSING */
export function expectTensor(weights: StateDict, name: string, shape: readonly number[]): WeightTensor {
  const tensor = weights.tensor(name);
  if (tensor.shape.join() !== shape.join()) {
    throw new UserError('CHECKPOINT_SHAPE', {
      where: `checkpoint ${weights.source}: tensor ${name}`,
      expected: `[${shape.join(', ')}]`,
      found: `[${tensor.shape.join(', ')}]`,
      hint: 'the tensors of this file do not belong to one CLIP model',
    });
  }
  return tensor;
}

/** The same tensors, but for some that are given anew, of the shapes they had. */
export function withTensors(weights: StateDict, replaced: Readonly<Record<string, Float32Array>>): StateDict {
  return {
    ...weights,
    tensor: (name) => {
      const data = replaced[name];
      return data === undefined ? weights.tensor(name) : { shape: weights.shapeOf(name), data };
    },
  };
}
