import { expectTensor, type StateDict } from '../checkpoint/index.ts';
import { constant, input, mul, type Node, type NodeOf, reshape, type Shape, sub } from '../ir/index.ts';
import { trainableBlock } from './trainable-block.ts';
import { BATCH_NORM_EPSILON, type VisualWeights } from './visual-weights.ts';

/** An image tower's weights as inputs of a graph, and the inputs asked for so far. */
export interface TrainableVisual extends VisualWeights {
  /** In the order the tower asked for them; named as in the checkpoint, `visual.` included. */
  readonly inputs: readonly NodeOf<'input'>[];
}

/**
 * Every trainable weight of an image tower as an input: scale and shift of the batch normalisations too, their
 * statistics stay constants. What a frozen tower folds beforehand is folded by the graph, on the weights: the same
 * function of the same parameters, cheaper than on the activations.
 * @param statistics Holds the running means and variances.
 */
export function trainableVisual(statistics: StateDict): TrainableVisual {
  const inputs: NodeOf<'input'>[] = [];
  const read = (name: string, ...shape: number[]): Node => {
    const node = input(`visual.${name}`, shape);
    inputs.push(node);
    return node;
  };
  const statistic = (name: string, count: number) => expectTensor(statistics, `visual.${name}`, [count]).data;
  return {
    inputs,
    read,
    convNorm(conv, norm, shape) {
      const [out] = shape;
      const perChannel = (x: Node, ...axes: number[]): Node => reshape(x, [out, ...axes]);
      const inverseStd = statistic(`${norm}.running_var`, out).map(
        (variance) => 1 / Math.sqrt(variance + BATCH_NORM_EPSILON),
      );
      const fixed = (data: Float32Array, name: string) => constant(data, [out], `${norm} ${name}`);
      const factor = mul(read(`${norm}.weight`, out), fixed(inverseStd, '1/σ'));
      const mean = fixed(statistic(`${norm}.running_mean`, out), 'mean');
      return {
        kernel: mul(read(`${conv}.weight`, ...shape), perChannel(factor, 1, 1, 1)),
        shift: perChannel(sub(read(`${norm}.bias`, out), mul(mean, factor)), 1, 1),
      };
    },
    block: (layer, vit) =>
      trainableBlock(
        (name: string, ...shape: Shape) => read(`transformer.resblocks.${layer}.${name}`, ...shape),
        vit,
      ),
  };
}
