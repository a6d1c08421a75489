import { expectTensor, type StateDict } from '../checkpoint/index.ts';
import { constant } from '../ir/index.ts';
import { readBlock } from './frozen-block.ts';
import { BATCH_NORM_EPSILON, type VisualWeights } from './visual-weights.ts';
import { weightConstant } from './weight-constant.ts';

/**
 * A frozen image tower's weights: constants, normalisations folded into the layers around them.
 * Everything it gives throws {UserError} CHECKPOINT_TENSOR_MISSING, CHECKPOINT_SHAPE.
 */
export function frozenVisual(weights: StateDict): VisualWeights {
  return {
    read: (name, ...shape) => weightConstant(weights, `visual.${name}`, shape),
    convNorm(conv, norm, shape) {
      const [out] = shape;
      const weight = expectTensor(weights, `visual.${conv}.weight`, shape).data;
      const [gamma, beta, average, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
        (name) => expectTensor(weights, `visual.${norm}.${name}`, [out]).data,
      ) as [Float32Array, Float32Array, Float32Array, Float32Array];
      const factors = gamma.map((g, channel) => g / Math.sqrt(variance[channel]! + BATCH_NORM_EPSILON));
      const perChannel = weight.length / out;
      // Plain loops: `map` calls a function for each of some ten million numbers.
      const folded = new Float32Array(weight.length);
      for (let channel = 0, i = 0; channel < out; channel++) {
        const factor = factors[channel]!;
        for (const end = i + perChannel; i < end; i++) folded[i] = weight[i]! * factor;
      }
      const shift = beta.map((b, channel) => b - average[channel]! * factors[channel]!);
      return {
        kernel: constant(folded, shape, `${conv} ${norm}`),
        shift: constant(shift, [out, 1, 1], `${norm} shift`),
      };
    },
    block: (layer, vit) => readBlock(weights, `visual.transformer.resblocks.${layer}.`, vit),
  };
}
