import type { Graph, Node, OpName } from '../../ir/index.ts';
import { topologicalOrder } from '../../ir/index.ts';
import { checkFeeds, type Engine, type Feeds } from '../engine.ts';
import type { Value } from './array.ts';
import { REFERENCE_RULES } from './rules.ts';

type AnyRule = (operands: readonly Value[], node: Node) => Value;

/**
 * Evaluates a graph in float64, as plainly as the definitions: the oracle for values and gradients.
 * Slow; for tests and debugging. Feeds may be float64, so that finite differences keep their digits.
 */
export function evaluate(
  graph: Graph,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
): Record<string, Float64Array> {
  const values = new Map<Node, Value>();
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const value =
      node.op === 'input'
        ? { shape: node.shape, data: Float64Array.from(feeds[node.attributes.name]!) }
        : (REFERENCE_RULES[node.op as OpName] as AnyRule)(
            node.inputs.map((operand) => values.get(operand)!),
            node,
          );
    values.set(node, value);
  }
  return Object.fromEntries(
    Object.entries(graph.outputs).map(([name, node]) => [name, values.get(node)!.data]),
  );
}

/** The reference interpreter as an engine; results are rounded to float32 at the end only. */
export function referenceEngine(): Engine {
  return {
    name: 'reference',
    device: 'cpu',
    threads: 1,
    compile: async (graph) => ({
      run: async (feeds: Feeds) => {
        checkFeeds(graph, feeds);
        const fetched = evaluate(graph, feeds);
        return Object.fromEntries(
          Object.entries(fetched).map(([name, data]) => [name, Float32Array.from(data)]),
        );
      },
      dispose: async () => {},
    }),
  };
}
