import type { Tensor } from '@tensorflow/tfjs-core';
import { type Graph, type Node, type NodeOf, topologicalOrder } from '../../ir/index.ts';
import { checkFeeds, type Executable, type Feeds } from '../engine.ts';
import { activate } from './load.ts';
import { applyRule } from './rules.ts';
import type { Tensorflow, Tf } from './tensorflow.ts';

/** A node to compute, and the values nobody needs after it. */
interface Step {
  readonly node: Node;
  readonly dead: readonly Node[];
}

/** Puts every value's end right behind its last user; constants and what is fetched live on. */
function planSteps(graph: Graph): readonly Step[] {
  const order = topologicalOrder(Object.values(graph.outputs));
  const needed = new Set(Object.values(graph.outputs));
  const steps: Step[] = [];
  for (const node of order.toReversed()) {
    const dead = new Set(node.inputs.filter((operand) => operand.op !== 'constant' && !needed.has(operand)));
    for (const operand of dead) needed.add(operand);
    if (node.op !== 'constant') steps.push({ node, dead: [...dead] });
  }
  return steps.reverse();
}

/** A graph's constants as tensors; TensorFlow takes a copy of each. */
function uploadConstants(tf: Tf, steps: Iterable<Node>): Map<Node, Tensor> {
  const constants = new Map<Node, Tensor>();
  for (const node of steps) {
    if (node.op === 'constant') constants.set(node, toTensor(tf, node, node.attributes.data));
  }
  return constants;
}

function toTensor(tf: Tf, { shape, dtype }: Pick<Node, 'shape' | 'dtype'>, data: Feeds[string]): Tensor {
  return tf.tensor(data, [...shape], dtype);
}

/** A graph that TensorFlow.js walks node by node. */
export class TensorflowExecutable implements Executable {
  readonly #tensorflow: Tensorflow;
  readonly #graph: Graph;
  readonly #steps: readonly Step[];
  readonly #constants: Map<Node, Tensor>;

  /** Uploads the graph's constants; the memory is held until `dispose`. */
  constructor(tensorflow: Tensorflow, graph: Graph) {
    activate(tensorflow);
    this.#tensorflow = tensorflow;
    this.#graph = graph;
    this.#steps = planSteps(graph);
    this.#constants = uploadConstants(tensorflow.tf, topologicalOrder(Object.values(graph.outputs)));
  }

  /** Runs from the first op to the last without a pause, so that no other executable's ops come in between. */
  async run(feeds: Feeds): Promise<Record<string, Float32Array>> {
    checkFeeds(this.#graph, feeds);
    activate(this.#tensorflow);
    const values = new Map<Node, Tensor>();
    try {
      for (const step of this.#steps) {
        values.set(step.node, this.#compute(step.node, values, feeds));
        for (const node of step.dead) {
          values.get(node)!.dispose();
          values.delete(node);
        }
      }
      return Object.fromEntries(
        Object.entries(this.#graph.outputs).map(([name, node]) => [name, this.#fetch(node, values)]),
      );
    } finally {
      for (const value of values.values()) value.dispose();
    }
  }

  async dispose(): Promise<void> {
    activate(this.#tensorflow);
    for (const constant of this.#constants.values()) constant.dispose();
    this.#constants.clear();
  }

  #compute(node: Node, values: ReadonlyMap<Node, Tensor>, feeds: Feeds): Tensor {
    const { tf } = this.#tensorflow;
    if (node.op === 'input') return toTensor(tf, node, feeds[(node as NodeOf<'input'>).attributes.name]!);
    const operands = node.inputs.map((operand) => this.#constants.get(operand) ?? values.get(operand)!);
    return applyRule(tf, node, operands);
  }

  #fetch(node: Node, values: ReadonlyMap<Node, Tensor>): Float32Array {
    const data = (this.#constants.get(node) ?? values.get(node)!).dataSync<'float32'>();
    // What was only passed through may still be the array that was fed.
    return data.slice();
  }
}
