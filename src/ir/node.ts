import type { Shape } from './shape.ts';

/** Element types. Arithmetic is float32; int32 holds indices and labels; bool holds conditions. */
export type DType = 'float32' | 'int32' | 'bool';

/** Values of a constant; bool as bytes 0 and 1. */
export type TensorData = Float32Array | Int32Array | Uint8Array;

interface NoAttributes {
  readonly [name: string]: never;
}

/** Strides and paddings of a 2-D convolution, equal in both directions. */
export interface ConvAttributes {
  readonly stride: number;
  readonly padding: number;
}

/** Every primitive, with its attributes. Shape, gradient and lowering tables are total over these keys. */
export interface OpAttributes {
  /** A value fed at run time. */
  input: { readonly name: string };
  /** Fixed values; `label` names them in printed graphs. */
  constant: { readonly data: TensorData; readonly label: string };
  neg: NoAttributes;
  exp: NoAttributes;
  log: NoAttributes;
  sqrt: NoAttributes;
  sigmoid: NoAttributes;
  /** x · σ(x) */
  silu: NoAttributes;
  relu: NoAttributes;
  erf: NoAttributes;
  add: NoAttributes;
  sub: NoAttributes;
  mul: NoAttributes;
  div: NoAttributes;
  equal: NoAttributes;
  greater: NoAttributes;
  /** where(condition, a, b) */
  where: NoAttributes;
  /** bool or int32 to float32 */
  toFloat: NoAttributes;
  /** Product over the last two axes, earlier ones broadcast; each operand transposed where asked. */
  matmul: { readonly transA: boolean; readonly transB: boolean };
  /** conv2d(x [N, C, H, W], weight [O, C, h, w]) -> [N, O, H', W'] */
  conv2d: ConvAttributes;
  /** conv2dInputGrad(cotangent [N, O, H', W'], weight [O, C, h, w]) -> [N, C, H, W] */
  conv2dInputGrad: ConvAttributes & { readonly height: number; readonly width: number };
  /** conv2dWeightGrad(cotangent [N, O, H', W'], x [N, C, H, W]) -> [O, C, h, w] */
  conv2dWeightGrad: ConvAttributes & { readonly kernelHeight: number; readonly kernelWidth: number };
  /** Mean over windows of size × size, stride size; a rest at the border is dropped. */
  avgPool2d: { readonly size: number };
  reduceSum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  reduceMax: { readonly axes: readonly number[]; readonly keepDims: boolean };
  reshape: { readonly shape: Shape };
  transpose: { readonly permutation: readonly number[] };
  broadcastTo: { readonly shape: Shape };
  /** Elements start ≤ i < end of one axis. */
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  /** Zeros put before and after along one axis. */
  pad: { readonly axis: number; readonly before: number; readonly after: number };
  concat: { readonly axis: number };
  /** gather(x [R, ...], indices int32 [I...]) -> [I..., ...]: rows of x. */
  gather: NoAttributes;
  /** scatterAdd(updates [I..., ...], indices int32 [I...]) -> [rows, ...]: sums updates into rows. */
  scatterAdd: { readonly rows: number };
  /** Over the last axis. */
  softmax: NoAttributes;
  /** Over the last axis. */
  logSoftmax: NoAttributes;
  /** (x − mean) / √(variance + epsilon) over the last axis: layer normalisation without scale and shift. */
  standardize: { readonly epsilon: number };
  /** 1 / √(variance + epsilon) over the last axis, kept with size 1. */
  inverseStd: { readonly epsilon: number };
}

export type OpName = keyof OpAttributes;

/** A node of one op. Nodes are immutable and told apart by identity. */
export interface NodeOf<K extends OpName> {
  readonly op: K;
  readonly inputs: readonly Node[];
  readonly attributes: OpAttributes[K];
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A value in a tensor graph: the op that makes it, its operands, its static shape and type. */
export type Node = { [K in OpName]: NodeOf<K> }[OpName];

/** Inputs fed by name, outputs fetched by name. */
export interface Graph {
  readonly inputs: readonly NodeOf<'input'>[];
  readonly outputs: Readonly<Record<string, Node>>;
}
