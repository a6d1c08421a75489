import { topologicalOrder } from './graph.ts';
import type { Graph, Node } from './node.ts';
import { showShape } from './shape.ts';

function showAttributes(node: Node): string {
  if (node.op === 'constant') {
    const { data, label } = node.attributes;
    return label || (data.length === 1 ? String(data[0]) : `${data.length} values`);
  }
  return Object.entries(node.attributes)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? showShape(value) : String(value)}`)
    .join(' ');
}

/** The graph as text, one node a line: `%3 = matmul(%1, %2) {transA=false transB=true} : float32[2, 4]`. */
export function printGraph(graph: Graph): string {
  const numbers = new Map<Node, number>();
  const lines = topologicalOrder(Object.values(graph.outputs)).map((node, index) => {
    numbers.set(node, index);
    const operands = node.inputs.map((operand) => `%${numbers.get(operand)}`).join(', ');
    const attributes = showAttributes(node);
    const type = `${node.dtype}${showShape(node.shape)}`;
    return `%${index} = ${node.op}(${operands})${attributes && ` {${attributes}}`} : ${type}`;
  });
  const results = Object.entries(graph.outputs).map(([name, node]) => `${name}=%${numbers.get(node)}`);
  return `${lines.join('\n')}\nreturn ${results.join(', ')}\n`;
}
