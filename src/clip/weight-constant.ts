import { expectTensor, type StateDict } from '../checkpoint/index.ts';
import { constant, type NodeOf, type Shape } from '../ir/index.ts';

/** A checked tensor as a constant of a graph. @throws {UserError} CHECKPOINT_SHAPE, CHECKPOINT_TENSOR_MISSING */
export function weightConstant(weights: StateDict, name: string, shape: Shape): NodeOf<'constant'> {
  return constant(expectTensor(weights, name, shape).data, shape, name);
}
