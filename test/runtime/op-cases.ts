import type { Node, OpName, Shape } from '../../src/ir/index.ts';
import * as ir from '../../src/ir/index.ts';

/** One use of a primitive: the operands' shapes and values, and how to apply it. */
export interface OpCase {
  readonly title: string;
  readonly shapes: readonly Shape[];
  readonly build: (...operands: Node[]) => Node;
  /** Values of operand i; default: a fixed irregular sequence. */
  readonly values?: (operand: number, count: number) => number[];
  /** False where central differences do not apply: ties, kinks. The gradient is then stated. */
  readonly smooth?: boolean;
  /** Expected gradient of Σ y · (1, 2, 3, …) by hand, for cases that are not smooth. */
  readonly gradient?: readonly (readonly number[])[];
}

/** Values in (−1.6, 1.6) that repeat nowhere and are exact in float32. */
export function irregular(operand: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.fround(1.6 * Math.sin(1.7 * i + 2.3 * operand + 0.4)));
}

const positive = (operand: number, count: number): number[] =>
  irregular(operand, count).map((x) => Math.fround(Math.abs(x) + 0.3));

const ints = (...values: number[]): Node => ir.constant(Int32Array.from(values), [values.length]);

const unary = (build: (x: Node) => Node, values = irregular): OpCase[] => [
  { title: 'matrix', shapes: [[3, 5]], build, values },
  { title: 'scalar', shapes: [[]], build, values },
  { title: 'size 1', shapes: [[1, 1, 1]], build, values },
];

const binary = (build: (a: Node, b: Node) => Node, values = irregular): OpCase[] => [
  {
    title: 'same shape',
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build,
    values,
  },
  { title: 'row broadcast', shapes: [[4, 3], [3]], build, values },
  {
    title: 'column broadcast',
    shapes: [
      [4, 1],
      [1, 3],
    ],
    build,
    values,
  },
  { title: 'scalar operand', shapes: [[], [2, 1, 3]], build, values },
  { title: 'size 1 against missing axes', shapes: [[1, 1], [5]], build, values },
];

const lastAxis = (build: (x: Node) => Node): OpCase[] => [
  { title: 'matrix', shapes: [[3, 7]], build },
  { title: 'rank 3', shapes: [[2, 1, 5]], build },
  { title: 'vector', shapes: [[4]], build },
  {
    title: 'ties',
    shapes: [[2, 4]],
    build,
    values: (_, n) => new Array(n).fill(0.5).map((x, i) => x * (i % 2)),
  },
];

const compare = (build: (a: Node, b: Node) => Node): OpCase[] => [
  {
    title: 'with ties and zeros',
    shapes: [[2, 3], [3]],
    build: (a, b) => ir.toFloat(build(a, b)),
    values: (operand, n) => (operand === 0 ? [0, 1, -1, 0, 2, -1] : [0, 1, 2]).slice(0, n),
    smooth: false,
  },
];

const conv = (stride: number, padding: number) => ({ stride, padding });

/** At least one case a primitive; a new op does not compile without one. */
export const OP_CASES = {
  input: [{ title: 'passes through', shapes: [[2, 2]], build: (x) => x }],
  constant: [
    { title: 'added', shapes: [[2]], build: (x) => ir.add(x, ir.constant(Float32Array.of(1, -2), [2])) },
    {
      title: 'large, kept outside the model',
      shapes: [[1, 80]],
      build: (x) =>
        ir.matmul(x, ir.constant(Float32Array.from(irregular(3, 80 * 80)), [80, 80]), { transB: true }),
    },
  ],
  neg: unary(ir.neg),
  exp: unary(ir.exp),
  log: unary(ir.log, positive),
  sqrt: unary(ir.sqrt, positive),
  sigmoid: unary(ir.sigmoid),
  silu: unary(ir.silu),
  erf: unary(ir.erf),
  relu: [
    ...unary(ir.relu),
    {
      title: 'zero',
      shapes: [[3]],
      build: ir.relu,
      values: () => [-1, 0, 2],
      smooth: false,
      gradient: [[0, 0, 3]],
    },
  ],
  add: binary(ir.add),
  sub: binary(ir.sub),
  mul: [...binary(ir.mul), { title: 'a square', shapes: [[3]], build: (x) => ir.mul(x, x) }],
  div: binary(ir.div, positive),
  equal: compare(ir.equal),
  greater: compare(ir.greater),
  where: [
    {
      title: 'broadcast branches',
      shapes: [[2, 3], [3], []],
      build: (x, a, b) => ir.where(ir.greater(x, ir.scalar(0.1)), a, ir.mul(b, x)),
    },
  ],
  toFloat: [
    { title: 'bool', shapes: [[3]], build: (x) => ir.toFloat(ir.greater(x, ir.scalar(0))), smooth: false },
    { title: 'int32', shapes: [[3]], build: (x) => ir.add(x, ir.toFloat(ints(3, -1, 0))) },
  ],
  matmul: [
    ...[false, true].flatMap((transA) =>
      [false, true].flatMap((transB): OpCase[] => [
        {
          title: `flat ${transA ? 'A^T' : 'A'} ${transB ? 'B^T' : 'B'}`,
          shapes: [transA ? [3, 2] : [2, 3], transB ? [4, 3] : [3, 4]],
          build: (a, b) => ir.matmul(a, b, { transA, transB }),
        },
        {
          title: `batched ${transA ? 'A^T' : 'A'} ${transB ? 'B^T' : 'B'}`,
          shapes: [transA ? [2, 1, 3, 2] : [2, 1, 2, 3], transB ? [5, 4, 3] : [5, 3, 4]],
          build: (a, b) => ir.matmul(a, b, { transA, transB }),
        },
      ]),
    ),
    {
      title: 'sizes 1',
      shapes: [
        [1, 1],
        [1, 1],
      ],
      build: (a, b) => ir.matmul(a, b),
    },
    { title: 'with bias', shapes: [[2, 3], [4, 3], [4]], build: (x, w, b) => ir.linear(x, w, b) },
    {
      title: 'with bias, product used twice',
      shapes: [[2, 3], [3, 4], [4]],
      build: (x, w, b) => {
        const product = ir.matmul(x, w);
        return ir.mul(ir.add(product, b), product);
      },
    },
  ],
  conv2d: [
    {
      title: '3 × 3',
      shapes: [
        [2, 3, 5, 4],
        [2, 3, 3, 3],
      ],
      build: (x, w) => ir.conv2d(x, w, conv(1, 1)),
    },
    {
      title: 'stride 2',
      shapes: [
        [1, 2, 6, 5],
        [3, 2, 3, 3],
      ],
      build: (x, w) => ir.conv2d(x, w, conv(2, 1)),
    },
    {
      title: 'patches',
      shapes: [
        [2, 1, 6, 6],
        [4, 1, 3, 3],
      ],
      build: (x, w) => ir.conv2d(x, w, conv(3, 0)),
    },
    {
      title: '1 × 1',
      shapes: [
        [1, 4, 2, 3],
        [2, 4, 1, 1],
      ],
      build: (x, w) => ir.conv2d(x, w, conv(1, 0)),
    },
    {
      title: '1 × 1 within a border of zeros',
      shapes: [
        [2, 2, 3, 2],
        [3, 2, 1, 1],
      ],
      build: (x, w) => ir.conv2d(x, w, conv(1, 1)),
    },
    {
      title: 'rest at the border',
      shapes: [
        [1, 1, 8, 7],
        [1, 1, 3, 3],
      ],
      build: (x, w) => ir.conv2d(x, w, conv(3, 0)),
    },
    {
      title: 'kernel wider than high',
      shapes: [
        [2, 2, 5, 8],
        [3, 2, 2, 4],
      ],
      build: (x, w) => ir.conv2d(x, w, conv(2, 1)),
    },
  ],
  conv2dInputGrad: [
    {
      title: 'stride 2 with rest',
      shapes: [
        [1, 3, 3, 3],
        [3, 2, 3, 3],
      ],
      build: (g, w) => ir.conv2dInputGrad(g, w, { stride: 2, padding: 1, height: 6, width: 5 }),
    },
    {
      title: 'kernel higher than wide',
      shapes: [
        [2, 3, 3, 6],
        [3, 2, 3, 1],
      ],
      build: (g, w) => ir.conv2dInputGrad(g, w, { stride: 1, padding: 0, height: 5, width: 6 }),
    },
  ],
  conv2dWeightGrad: [
    {
      title: 'stride 2 with rest',
      shapes: [
        [2, 3, 3, 3],
        [2, 2, 6, 5],
      ],
      build: (g, x) => ir.conv2dWeightGrad(g, x, { stride: 2, padding: 1, kernelHeight: 3, kernelWidth: 3 }),
    },
    {
      title: 'picture wider than high',
      shapes: [
        [2, 2, 2, 5],
        [2, 3, 4, 10],
      ],
      build: (g, x) => ir.conv2dWeightGrad(g, x, { stride: 2, padding: 1, kernelHeight: 3, kernelWidth: 3 }),
    },
  ],
  avgPool2d: [
    { title: 'even', shapes: [[2, 1, 4, 2]], build: (x) => ir.avgPool2d(x, 2) },
    { title: 'rest dropped', shapes: [[1, 2, 5, 4]], build: (x) => ir.avgPool2d(x, 2) },
    { title: 'size 1', shapes: [[1, 2, 2, 2]], build: (x) => ir.avgPool2d(x, 1) },
  ],
  reduceSum: [
    { title: 'middle axis', shapes: [[2, 3, 4]], build: (x) => ir.reduceSum(x, [1]) },
    { title: 'kept', shapes: [[2, 3]], build: (x) => ir.reduceSum(x, [0], true) },
    { title: 'all', shapes: [[2, 1, 3]], build: (x) => ir.reduceSum(x, [0, 1, 2]) },
  ],
  reduceMax: [
    { title: 'last axis', shapes: [[2, 5]], build: (x) => ir.reduceMax(x, [1]) },
    { title: 'kept', shapes: [[3, 2, 2]], build: (x) => ir.reduceMax(x, [0, 2], true) },
    {
      title: 'ties share evenly',
      shapes: [[2, 3]],
      build: (x) => ir.reduceMax(x, [1]),
      values: () => [1, 1, 0, 2, 2, 2],
      smooth: false,
      gradient: [[0.5, 0.5, 0, 2 / 3, 2 / 3, 2 / 3]],
    },
  ],
  reshape: [{ title: 'to rank 3', shapes: [[2, 6]], build: (x) => ir.reshape(x, [3, 1, 4]) }],
  transpose: [{ title: 'a cycle', shapes: [[2, 3, 4]], build: (x) => ir.transpose(x, [2, 0, 1]) }],
  broadcastTo: [
    { title: 'new and size 1 axes', shapes: [[3, 1]], build: (x) => ir.broadcastTo(x, [2, 3, 4]) },
    { title: 'scalar', shapes: [[]], build: (x) => ir.broadcastTo(x, [2, 2]) },
  ],
  slice: [
    { title: 'inner range', shapes: [[2, 5]], build: (x) => ir.slice(x, 1, 1, 4) },
    {
      title: 'ranges that tile, overlap and leave gaps',
      shapes: [[6, 2]],
      build: (x) =>
        ir.concat(
          [
            [0, 2],
            [2, 3],
            [4, 6],
            [1, 5],
            [3, 4],
            [0, 1],
          ].map(([a, b], i) => ir.scale(ir.slice(x, 0, a!, b!), i + 1)),
          0,
        ),
    },
    {
      title: 'ranges of two axes',
      shapes: [[3, 3]],
      build: (x) => ir.matmul(ir.slice(x, 0, 0, 2), ir.slice(x, 1, 1, 3)),
    },
  ],
  pad: [{ title: 'both ends', shapes: [[2, 3]], build: (x) => ir.pad(x, 1, 1, 2) }],
  concat: [
    {
      title: 'three parts',
      shapes: [
        [2, 1],
        [2, 3],
        [2, 2],
      ],
      build: (...parts) => ir.concat(parts, 1),
    },
  ],
  gather: [
    { title: 'repeated rows', shapes: [[4, 3]], build: (x) => ir.gather(x, ints(2, 0, 2, 3, 2)) },
    { title: 'of a vector', shapes: [[5]], build: (x) => ir.gather(x, ints(4, 1)) },
    {
      title: 'matrix of indices',
      shapes: [[4, 2]],
      build: (x) => ir.gather(x, ir.constant(Int32Array.of(0, 3, 3, 1), [2, 2])),
    },
  ],
  scatterAdd: [
    { title: 'repeated rows', shapes: [[4, 2]], build: (x) => ir.scatterAdd(x, ints(1, 4, 1, 0), 5) },
    { title: 'scalars', shapes: [[3]], build: (x) => ir.scatterAdd(x, ints(1, 1, 0), 3) },
  ],
  softmax: lastAxis(ir.softmax),
  logSoftmax: lastAxis(ir.logSoftmax),
  standardize: lastAxis((x) => ir.standardize(x, 1e-2)),
  inverseStd: [
    ...lastAxis((x) => ir.inverseStd(x, 1e-2)),
    {
      title: 'beside the standardised values',
      shapes: [[3, 4]],
      build: (x) => ir.mul(ir.inverseStd(x, 1e-2), ir.standardize(x, 1e-2)),
    },
  ],
} as const satisfies { readonly [K in OpName]: readonly OpCase[] };
