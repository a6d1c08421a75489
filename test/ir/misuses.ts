import * as ir from '../../src/ir/index.ts';

/** One wrong use of an op. */
export type Misuse = readonly [
  title: string,
  build: () => ir.Node,
  /** Shapes of the operands, as the message writes them. */
  operands: string,
  /** What the message must say besides. */
  says: string,
];

const x = (...shape: number[]): ir.Node => ir.input(`x${shape.join('_')}`, shape);
const labels = (...shape: number[]): ir.Node => ir.input('labels', shape, 'int32');
const mask = (...shape: number[]): ir.Node => ir.input('mask', shape, 'bool');

const ofInts = (build: (a: ir.Node) => ir.Node): Misuse[] => [
  ['int32', () => build(labels(2, 3)), '[2, 3]', 'operands are (int32)'],
];

const twoSizes = (build: (a: ir.Node, b: ir.Node) => ir.Node): Misuse[] => [
  ['two sizes of one axis', () => build(x(2, 3), x(2, 4)), '[2, 3], [2, 4]', 'axis -1 has sizes 3 and 4'],
  ['two sizes in front', () => build(x(5), x(4, 1, 2)), '[5], [4, 1, 2]', 'axis -1 has sizes 5 and 2'],
  ['an operand of another type', () => build(x(2), mask(2)), '[2], [2]', '(float32, bool)'],
];

const noLastAxis = (build: (a: ir.Node) => ir.Node): Misuse[] => [
  ['a scalar', () => build(x()), '[]', 'a scalar has no last axis'],
  ...ofInts(build),
];

const reduction = (build: (a: ir.Node, axes: readonly number[]) => ir.Node): Misuse[] => [
  ['an axis beyond the rank', () => build(x(2, 3), [2]), '[2, 3]', 'axis 2 is not in 0..1'],
  ['a negative axis', () => build(x(2, 3), [-1]), '[2, 3]', 'axis -1 is not in 0..1'],
  ['an axis twice', () => build(x(2, 3), [1, 1]), '[2, 3]', 'axes 1,1 repeat'],
  ...ofInts((a) => build(a, [0])),
];

const conv = { stride: 1, padding: 0 };

/** Every op that can be misused; a new op does not compile without an entry. */
export const MISUSES = {
  input: [['a negative size', () => x(2, -1), '[2, -1]', 'is no shape']],
  constant: [
    [
      'too few values',
      () => ir.constant(new Float32Array(5), [2, 3], 'weights'),
      '[2, 3]',
      'has 5 values (weights)',
    ],
    ['two negative sizes', () => ir.constant(new Float32Array(6), [-2, -3]), '[-2, -3]', 'is no shape'],
  ],
  neg: ofInts(ir.neg),
  exp: ofInts(ir.exp),
  log: ofInts(ir.log),
  sqrt: ofInts(ir.sqrt),
  sigmoid: ofInts(ir.sigmoid),
  silu: ofInts(ir.silu),
  relu: ofInts(ir.relu),
  erf: ofInts(ir.erf),
  add: twoSizes(ir.add),
  sub: twoSizes(ir.sub),
  mul: twoSizes(ir.mul),
  div: twoSizes(ir.div),
  equal: twoSizes(ir.equal),
  greater: [
    ...twoSizes(ir.greater),
    ['conditions', () => ir.greater(mask(2), mask(2)), '[2], [2]', '(bool, bool)'],
  ],
  where: [
    [
      'a condition that is no bool',
      () => ir.where(x(2), x(2), x(2)),
      '[2], [2], [2]',
      'expected (bool, float32, float32)',
    ],
    [
      'a branch of another size',
      () => ir.where(mask(2), x(2), x(3)),
      '[2], [3]',
      'axis -1 has sizes 2 and 3',
    ],
  ],
  toFloat: [['what is float', () => ir.toFloat(x(2)), '[2]', 'expected (bool)']],
  matmul: [
    ['inner sizes', () => ir.matmul(x(2, 3), x(2, 3)), '[2, 3], [2, 3]', 'inner sizes are 3 and 2'],
    [
      'inner sizes after transposing',
      () => ir.matmul(x(3, 2), x(5, 4), { transA: true, transB: true }),
      '[3, 2], [5, 4]',
      '^T',
    ],
    ['a vector', () => ir.matmul(x(3), x(3, 2)), '[3], [3, 2]', 'rank 2 or more'],
    ['batches', () => ir.matmul(x(2, 4, 3), x(5, 3, 4)), '[2], [5]', 'axis -1 has sizes 2 and 5'],
  ],
  conv2d: [
    [
      'channels',
      () => ir.conv2d(x(1, 3, 8, 8), x(4, 2, 3, 3), conv),
      '[1, 3, 8, 8], [4, 2, 3, 3]',
      'channels are 3 and 2',
    ],
    [
      'a kernel that does not fit',
      () => ir.conv2d(x(1, 1, 2, 8), x(1, 1, 3, 3), conv),
      '[1, 1, 2, 8], [1, 1, 3, 3]',
      'larger than the picture',
    ],
    [
      'a picture without batch',
      () => ir.conv2d(x(3, 8, 8), x(4, 3, 3, 3), conv),
      '[3, 8, 8], [4, 3, 3, 3]',
      'rank 4',
    ],
    [
      'stride 0',
      () => ir.conv2d(x(1, 1, 8, 8), x(1, 1, 3, 3), { stride: 0, padding: 0 }),
      '[1, 1, 8, 8], [1, 1, 3, 3]',
      '[1, 1, Infinity, Infinity] is no shape',
    ],
  ],
  conv2dInputGrad: [
    [
      'no result of that input',
      () => ir.conv2dInputGrad(x(1, 4, 3, 3), x(4, 2, 3, 3), { ...conv, height: 6, width: 5 }),
      '[1, 4, 3, 3], [4, 2, 3, 3]',
      'no cotangent of a 6 × 5 input',
    ],
  ],
  conv2dWeightGrad: [
    [
      'no result under that kernel',
      () => ir.conv2dWeightGrad(x(1, 4, 3, 3), x(1, 2, 5, 5), { ...conv, kernelHeight: 2, kernelWidth: 3 }),
      '[1, 4, 3, 3], [1, 2, 5, 5]',
      'no cotangent under a 2 × 3 kernel',
    ],
  ],
  avgPool2d: [
    [
      'a window that does not fit',
      () => ir.avgPool2d(x(1, 1, 4, 1), 2),
      '[1, 1, 4, 1]',
      'smaller than 2 × 2',
    ],
    ['a window of nothing', () => ir.avgPool2d(x(1, 1, 4, 4), 0), '[1, 1, 4, 4]', 'is no shape'],
  ],
  reduceSum: reduction(ir.reduceSum),
  reduceMax: reduction(ir.reduceMax),
  reshape: [
    ['another count', () => ir.reshape(x(2, 3), [4]), '[2, 3]', 'cannot become [4]'],
    [
      'the same count in negative sizes',
      () => ir.reshape(x(2, 3), [-2, -3]),
      '[2, 3]',
      '[-2, -3] is no shape',
    ],
  ],
  transpose: [
    ['another rank', () => ir.transpose(x(2, 3), [0]), '[2, 3]', 'permutation [0] has another rank'],
    ['an axis twice', () => ir.transpose(x(2, 3), [0, 0]), '[2, 3]', 'repeat'],
  ],
  broadcastTo: [
    ['a smaller shape', () => ir.broadcastTo(x(2, 3), [1, 3]), '[2, 3]', 'cannot become [1, 3]'],
    ['another size', () => ir.broadcastTo(x(3), [4]), '[3], [4]', '3 and 4'],
    ['half a row', () => ir.broadcastTo(x(1), [2.5]), '[1]', '[2.5] is no shape'],
  ],
  slice: [
    ['beyond the end', () => ir.slice(x(2, 3), 1, 1, 4), '[2, 3]', '1..4 is not within axis 1 of size 3'],
    ['nothing', () => ir.slice(x(4), 0, 2, 2), '[4]', '2..2'],
    ['no such axis', () => ir.slice(x(4), 1, 0, 1), '[4]', 'axis 1'],
    ['half a row', () => ir.slice(x(4), 0, 0, 1.5), '[4]', '[1.5]'],
  ],
  pad: [
    ['by a negative count', () => ir.pad(x(4), 0, -1, 0), '[4]', 'by -1 and 0'],
    ['no such axis', () => ir.pad(x(4), 2, 1, 0), '[4]', 'axis 2'],
  ],
  concat: [
    ['nothing', () => ir.concat([], 0), '', 'nothing to join'],
    [
      'other sizes',
      () => ir.concat([x(2, 3), x(2, 4), x(1, 4)], 1),
      '[2, 3], [2, 4], [1, 4]',
      'outside axis 1',
    ],
    ['another rank', () => ir.concat([x(2, 3), x(2)], 1), '[2, 3], [2]', 'outside axis 1'],
    ['another type', () => ir.concat([x(2), labels(2)], 0), '[2], [2]', 'in type'],
  ],
  gather: [
    [
      'indices that are no integers',
      () => ir.gather(x(2, 3), x(2)),
      '[2, 3], [2]',
      'expected (float32, int32)',
    ],
    ['a scalar', () => ir.gather(x(), labels(2)), '[], [2]', 'no rows'],
  ],
  scatterAdd: [
    [
      'more indices than updates',
      () => ir.scatterAdd(x(2, 3), labels(4), 5),
      '[2, 3], [4]',
      'leading axes differ',
    ],
    ['half a row', () => ir.scatterAdd(x(2, 3), labels(2), 4.5), '[2, 3], [2]', '[4.5, 3] is no shape'],
  ],
  softmax: noLastAxis(ir.softmax),
  logSoftmax: noLastAxis(ir.logSoftmax),
  standardize: noLastAxis((a) => ir.standardize(a)),
  inverseStd: noLastAxis((a) => ir.inverseStd(a)),
} as const satisfies { readonly [K in ir.OpName]: readonly Misuse[] };
