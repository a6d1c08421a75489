import type { Node, OpName } from '../ir/index.ts';
import { ShapeError, scalar, topologicalOrder, zeros } from '../ir/index.ts';
import { type Contribution, sumContributions } from './contribution.ts';
import { GRADIENT_RULES } from './rules.ts';

/** The nodes whose value changes with one of `sources`, among `order` (operands before users). */
function dependents(order: readonly Node[], sources: ReadonlySet<Node>): Set<Node> {
  const found = new Set<Node>();
  for (const node of order) {
    if (sources.has(node) || node.inputs.some((operand) => found.has(operand))) found.add(node);
  }
  return found;
}

/**
 * Reverse mode: builds the graph of ∂y/∂x for each x of `wrt`.
 *
 * Only nodes on a path from `wrt` to `y` are visited, so frozen weights get no gradient and cost nothing.
 *
 * @param y float32 scalar (shape []).
 * @param wrt float32 nodes that y may depend on.
 * @returns One node for each of `wrt`, of its shape; zeros where y does not depend on it.
 * @throws {ShapeError} y is no scalar.
 * @throws {Error} a path goes through an op whose rule says it has no gradient; names the op.
 */
export function gradients(y: Node, wrt: readonly Node[]): Node[] {
  if (y.shape.length !== 0) throw new ShapeError('gradients', [y.shape], 'expected a scalar');
  const sources = new Set(wrt);
  const order = topologicalOrder([y]);
  const active = dependents(order, sources);
  const received = new Map<Node, Contribution[]>([[y, [scalar(1)]]]);
  const total = new Map<Node, Node>();

  for (const node of order.reverse()) {
    const contributions = received.get(node);
    if (contributions === undefined || !active.has(node)) continue;
    const cotangent = sumContributions(contributions);
    total.set(node, cotangent);
    received.delete(node);
    if (!node.inputs.some((operand) => active.has(operand))) continue;

    const rule = GRADIENT_RULES[node.op as OpName];
    if (rule === 'none')
      throw new Error(`gradients: ${node.op} has no gradient, but one was asked through it`);
    const sent = (rule as (node: Node, g: Node) => readonly (null | (() => Contribution))[])(node, cotangent);
    if (sent.length !== node.inputs.length) {
      throw new Error(
        `internal: the rule of ${node.op} gives ${sent.length} gradients for ${node.inputs.length}`,
      );
    }
    node.inputs.forEach((operand, i) => {
      const build = sent[i];
      if (!active.has(operand) || build === null || build === undefined) return;
      const list = received.get(operand);
      if (list) list.push(build());
      else received.set(operand, [build()]);
    });
  }
  return wrt.map((x) => total.get(x) ?? zeros(x.shape));
}
