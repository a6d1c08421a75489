import { topologicalOrder } from './graph.ts';
import type { Graph, Node } from './node.ts';
import { numel } from './shape.ts';

function nodeFlops(node: Node): number {
  const values = numel(node.shape);
  const [first, second] = node.inputs.map(({ shape }) => shape);
  switch (node.op) {
    case 'matmul':
      return 2 * values * (node.attributes.transA ? first!.at(-2)! : first!.at(-1)!);
    case 'conv2d':
      return 2 * values * second![1]! * second![2]! * second![3]!;
    default:
      return 0;
  }
}

/** Floating-point operations of a graph's matrix products and (forward) convolutions. */
export function graphFlops(graph: Graph): number {
  return topologicalOrder(Object.values(graph.outputs)).reduce((total, node) => total + nodeFlops(node), 0);
}
