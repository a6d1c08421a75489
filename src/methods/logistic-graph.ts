import { gradients } from '../autodiff/index.ts';
import type { Node } from '../ir/index.ts';
import * as ir from '../ir/index.ts';
import type { Engine, Executable } from '../runtime/index.ts';
import { crossEntropy } from './coop-graph.ts';
import type { LogisticObjective, LogisticProblem } from './logistic-regression.ts';

/** An objective that runs on an engine; dispose of it after the last fit. */
export interface GraphObjective {
  readonly objective: LogisticObjective;
  dispose(): Promise<void>;
}

function compileLoss(
  engine: Engine,
  { features, labels, n, dim, classes }: LogisticProblem,
): Promise<Executable> {
  const weights = ir.input('weights', [classes, dim]);
  const bias = ir.input('bias', [classes]);
  const logits = ir.linear(ir.constant(features, [n, dim], 'features'), weights, bias);
  const loss = crossEntropy(logits, ir.constant(labels, [n], 'labels'));
  const [weightGrad, biasGrad] = gradients(loss, [weights, bias]) as [Node, Node];
  return engine.compile(ir.makeGraph({ loss, weight_grad: weightGrad, bias_grad: biasGrad }));
}

/**
 * Mean cross-entropy and its gradient in float32 on the engine, as scikit-learn computes them for float32
 * features; the penalty ‖W‖² / (2·C·n) and the search in float64 on top.
 */
export async function graphObjective(engine: Engine, problem: LogisticProblem): Promise<GraphObjective> {
  const { n, dim, classes } = problem;
  const size = classes * dim;
  const executable = await compileLoss(engine, problem);
  const weights = new Float32Array(size);
  const bias = new Float32Array(classes);
  return {
    objective: async (x, c, gradientOut) => {
      weights.set(x.subarray(0, size));
      bias.set(x.subarray(size));
      const { loss, weight_grad: weightGrad, bias_grad: biasGrad } = await executable.run({ weights, bias });
      const strength = 1 / (c * n);
      let squares = 0;
      for (let i = 0; i < size; i++) {
        const weight = x[i]!;
        squares += weight * weight;
        gradientOut[i] = weightGrad![i]! + strength * weight;
      }
      gradientOut.set(biasGrad!, size);
      return loss![0]! + 0.5 * strength * squares;
    },
    dispose: () => executable.dispose(),
  };
}
