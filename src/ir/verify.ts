import { topologicalOrder } from './graph.ts';
import { inferType } from './infer.ts';
import type { Graph, OpName } from './node.ts';
import { numel, sameShape, showShape } from './shape.ts';

/**
 * Checks a finished graph again: every node's operands, attributes, shape and type agree with its rule,
 * inputs have one name each and are all listed, constants have as many values as their shape says.
 * A graph that fails here is a bug of a rewrite.
 * @throws {ShapeError} operands or attributes do not fit their op; names it.
 * @throws {Error} "internal: …" naming the node: anything else.
 */
export function verify(graph: Graph): void {
  const names = new Set<string>();
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const at = `${node.op} ${showShape(node.shape)}`;
    if (node.op === 'input') {
      if (names.has(node.attributes.name)) throw new Error(`internal: two inputs ${node.attributes.name}`);
      names.add(node.attributes.name);
      if (!graph.inputs.includes(node))
        throw new Error(`internal: input ${node.attributes.name} is not listed`);
    } else if (node.op === 'constant') {
      if (node.attributes.data.length !== numel(node.shape))
        throw new Error(`internal: ${at} has other values`);
    } else {
      const type = inferType(node.op as OpName, node.inputs, node.attributes as never);
      if (!sameShape(type.shape, node.shape) || type.dtype !== node.dtype) {
        throw new Error(`internal: ${at} ${node.dtype} should be ${showShape(type.shape)} ${type.dtype}`);
      }
    }
  }
}
