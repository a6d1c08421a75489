import type { Graph, Node, NodeOf, OpName } from '../../ir/index.ts';
import { topologicalOrder } from '../../ir/index.ts';
import { avgPool2d, conv2d, conv2dInputGrad, conv2dWeightGrad } from './lower-convolution.ts';
import { type EncodedModel, ModelBuilder } from './model.ts';

/** What the rules share while one graph is lowered. */
interface Lowering {
  readonly model: ModelBuilder;
  /** Nodes of the graph that use a value. */
  readonly uses: ReadonlyMap<Node, number>;
  /** Statistics of a layer normalisation, by operand and epsilon: value and 1/σ come from one ONNX node. */
  readonly norms: Map<Node, Map<number, { readonly y: string; readonly inverseStd: string }>>;
  nameOf(node: Node): string;
}

/** Emits ONNX nodes for one IR node and returns the name of its value. */
type LoweringRule<K extends OpName> = (node: NodeOf<K>, context: Lowering) => string;

const plain =
  (opType: string): LoweringRule<OpName> =>
  ({ inputs }, { model, nameOf }) =>
    model.node(opType, inputs.map(nameOf));

const lastAxis =
  (opType: string): LoweringRule<OpName> =>
  ({ inputs }, { model, nameOf }) =>
    model.node(opType, inputs.map(nameOf), { axis: -1 });

const reduction =
  (opType: string) =>
  ({ inputs: [x], attributes: { axes, keepDims } }: NodeOf<'reduceSum' | 'reduceMax'>, c: Lowering): string =>
    c.model.node(opType, [c.nameOf(x!), c.model.ints(axes)], { keepdims: keepDims ? 1 : 0 });

const isFlatMatmul = (node: Node): node is NodeOf<'matmul'> =>
  node.op === 'matmul' && node.inputs.every((operand) => operand.shape.length === 2);

function gemm(
  { inputs, attributes: { transA, transB } }: NodeOf<'matmul'>,
  bias: Node | null,
  c: Lowering,
): string {
  const operands = bias === null ? inputs : [...inputs, bias];
  return c.model.node('Gemm', operands.map(c.nameOf), { transA: transA ? 1 : 0, transB: transB ? 1 : 0 });
}

function swapLastTwo(x: Node, c: Lowering): string {
  const axes = x.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  return c.model.node('Transpose', [c.nameOf(x)], { perm });
}

/** A flat product whose only user is the addition of a row vector becomes one Gemm: see `foldedInto`. */
function foldedProduct(
  node: Node,
  c: Pick<Lowering, 'uses'>,
): { product: NodeOf<'matmul'>; bias: Node } | null {
  if (node.op !== 'add') return null;
  const [product, bias] = node.inputs as [Node, Node];
  const fits = isFlatMatmul(product) && c.uses.get(product) === 1 && bias.shape.length === 1;
  return fits && bias.shape[0] === product.shape[1] ? { product, bias } : null;
}

function norm(x: Node, epsilon: number, c: Lowering): { readonly y: string; readonly inverseStd: string } {
  const known = c.norms.get(x)?.get(epsilon);
  if (known !== undefined) return known;
  const names = { y: c.model.freshName(), inverseStd: c.model.freshName() };
  const width = x.shape.at(-1)!;
  const ones = c.model.constant(new Float32Array(width).fill(1), [width], 'float32');
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  c.model.nodeInto(
    [names.y, c.model.freshName(), names.inverseStd],
    'LayerNormalization',
    [c.nameOf(x), ones],
    attributes,
  );
  const ofX = c.norms.get(x) ?? new Map();
  c.norms.set(x, ofX.set(epsilon, names));
  return names;
}

/** What a model calls the input, or output, `name`: prefixed, since callers' names may equal inner ones. */
export const inputName = (name: string): string => `in_${name}`;
export const outputName = (name: string): string => `out_${name}`;

/** One rule a primitive: its ONNX form. */
const LOWERING_RULES = {
  input: ({ attributes: { name }, shape, dtype }, { model }) => {
    const fed = inputName(name);
    model.input(fed, shape, dtype);
    return fed;
  },
  constant: ({ attributes: { data }, shape, dtype }, { model }) => model.constant(data, shape, dtype),
  neg: plain('Neg'),
  exp: plain('Exp'),
  log: plain('Log'),
  sqrt: plain('Sqrt'),
  sigmoid: plain('Sigmoid'),
  silu: ({ inputs: [x] }, { model, nameOf }) =>
    model.node('Mul', [nameOf(x!), model.node('Sigmoid', [nameOf(x!)])]),
  relu: plain('Relu'),
  erf: plain('Erf'),
  add: (node, c) => {
    const folded = foldedProduct(node as Node, c);
    return folded ? gemm(folded.product, folded.bias, c) : c.model.node('Add', node.inputs.map(c.nameOf));
  },
  sub: plain('Sub'),
  mul: plain('Mul'),
  div: plain('Div'),
  equal: plain('Equal'),
  greater: plain('Greater'),
  where: plain('Where'),
  toFloat: ({ inputs: [x] }, { model, nameOf }) => model.node('Cast', [nameOf(x!)], { to: 1 }),
  matmul: (node, c) => {
    if (isFlatMatmul(node as Node)) return gemm(node, null, c);
    const [a, b] = node.inputs as [Node, Node];
    const left = node.attributes.transA ? swapLastTwo(a, c) : c.nameOf(a);
    const right = node.attributes.transB ? swapLastTwo(b, c) : c.nameOf(b);
    return c.model.node('MatMul', [left, right]);
  },
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  avgPool2d,
  reduceSum: reduction('ReduceSum'),
  reduceMax: reduction('ReduceMax'),
  reshape: ({ inputs: [x], attributes: { shape } }, { model, nameOf }) =>
    model.node('Reshape', [nameOf(x!), model.ints(shape)]),
  transpose: ({ inputs: [x], attributes: { permutation } }, { model, nameOf }) =>
    model.node('Transpose', [nameOf(x!)], { perm: permutation }),
  broadcastTo: ({ inputs: [x], attributes: { shape } }, { model, nameOf }) =>
    model.node('Expand', [nameOf(x!), model.ints(shape)]),
  slice: ({ inputs: [x], attributes: { axis, start, end } }, { model, nameOf }) =>
    model.node('Slice', [nameOf(x!), model.ints([start]), model.ints([end]), model.ints([axis])]),
  pad: ({ inputs: [x], attributes: { axis, before, after } }, { model, nameOf }) =>
    model.node('Pad', [nameOf(x!), model.ints([before, after]), '', model.ints([axis])]),
  concat: ({ inputs, attributes: { axis } }, { model, nameOf }) =>
    model.node('Concat', inputs.map(nameOf), { axis }),
  gather: ({ inputs }, { model, nameOf }) => model.node('Gather', inputs.map(nameOf), { axis: 0 }),
  // ScatterElements adds in order, so repeated rows give the same bits on every run.
  scatterAdd: ({ inputs, shape }, { model, nameOf }) => {
    const [updates, indices] = inputs as [Node, Node];
    const row = shape.slice(1);
    const count = indices.shape.reduce((product, size) => product * size, 1);
    const flat = model.node('Reshape', [nameOf(updates), model.ints([count, ...row])]);
    const column = model.node('Reshape', [nameOf(indices), model.ints([count, ...row.map(() => 1)])]);
    const spread = model.node('Expand', [column, model.ints([count, ...row])]);
    const zero = model.constant(Float32Array.of(0), [], 'float32');
    const start = model.node('Expand', [zero, model.ints(shape)]);
    return model.node('ScatterElements', [start, spread, flat], { axis: 0, reduction: 'add' });
  },
  softmax: lastAxis('Softmax'),
  logSoftmax: lastAxis('LogSoftmax'),
  standardize: ({ inputs: [x], attributes: { epsilon } }, c) => norm(x!, epsilon, c).y,
  inverseStd: ({ inputs: [x], attributes: { epsilon } }, c) => norm(x!, epsilon, c).inverseStd,
} as const satisfies { readonly [K in OpName]: LoweringRule<K> };

/** Encodes a graph as an ONNX model. Constants are referenced, each held once; none is transposed. */
export function lowerGraph(graph: Graph): EncodedModel {
  const outputs = Object.entries(graph.outputs);
  const order = topologicalOrder(Object.values(graph.outputs));
  const uses = new Map<Node, number>();
  const count = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of order) node.inputs.forEach(count);
  for (const [, node] of outputs) count(node);

  const folded = new Set(order.flatMap((node) => foldedProduct(node, { uses })?.product ?? []));
  const names = new Map<Node, string>();
  const nameOf = (node: Node): string => {
    const name = names.get(node);
    if (name === undefined) throw new Error(`internal: ${node.op} was used before it was lowered`);
    return name;
  };
  const context: Lowering = { model: new ModelBuilder(), uses, norms: new Map(), nameOf };
  for (const node of order) {
    if (folded.has(node as NodeOf<'matmul'>)) continue;
    const rule = LOWERING_RULES[node.op as OpName] as LoweringRule<OpName>;
    names.set(node, rule(node as never, context));
  }
  for (const [name, node] of outputs) {
    // An Identity for each: one node may be fetched under several names, or be an input.
    const fetched = outputName(name);
    context.model.nodeInto([fetched], 'Identity', [nameOf(node)]);
    context.model.output(fetched, node.shape, node.dtype);
  }
  return context.model.encode();
}
