import type { Graph, Node, NodeOf } from './node.ts';

/** Every node the given ones depend on, operands before users; each once, in a deterministic order. */
export function topologicalOrder(roots: readonly Node[]): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  // A stack of its own: a deep tower would overflow the call stack.
  const stack: { node: Node; next: number }[] = [];
  for (const root of roots) {
    if (done.has(root)) continue;
    stack.push({ node: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const operand = top.node.inputs[top.next];
      if (operand === undefined) {
        stack.pop();
        if (!done.has(top.node)) {
          done.add(top.node);
          order.push(top.node);
        }
      } else {
        top.next += 1;
        if (!done.has(operand)) stack.push({ node: operand, next: 0 });
      }
    }
  }
  return order;
}

/** A graph of named outputs. Its inputs are those the outputs depend on, in order of first use. */
export function makeGraph(outputs: Readonly<Record<string, Node>>): Graph {
  const inputs = topologicalOrder(Object.values(outputs)).filter(
    (node): node is NodeOf<'input'> => node.op === 'input',
  );
  return { inputs, outputs };
}
