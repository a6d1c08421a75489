import type { DType, Shape, TensorData } from '../../ir/index.ts';
import { ProtobufWriter } from './protobuf.ts';

/** ONNX element types (onnx.proto, TensorProto.DataType). */
const ELEMENT_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
type ElementType = keyof typeof ELEMENT_TYPE;

/** Attribute values the lowering uses. Floats are wrapped, since JavaScript has one number type. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

/** ai.onnx opset: 18 is the first where ReduceMax takes its axes as an input. */
const OPSET = 18;
const IR_VERSION = 9;

/** Initialisers from this size on are handed over beside the model instead of being copied into it. */
const EXTERNAL_BYTES = 16_384;

/** A model, and the large initialisers it refers to by path. */
export interface EncodedModel {
  readonly model: Uint8Array;
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
}

function encodeAttribute(name: string, value: AttributeValue): ProtobufWriter {
  const attribute = new ProtobufWriter().string(1, name);
  if (typeof value === 'number') return attribute.int(3, value).int(20, 2);
  if (typeof value === 'string') return attribute.string(4, value).int(20, 3);
  if ('float' in value) return attribute.float(2, value.float).int(20, 1);
  for (const item of value) attribute.int(8, item);
  return attribute.int(20, 7);
}

function encodeValueInfo(name: string, shape: Shape, dtype: DType): ProtobufWriter {
  const dims = new ProtobufWriter();
  for (const size of shape) dims.message(1, new ProtobufWriter().int(1, size));
  const tensor = new ProtobufWriter().int(1, ELEMENT_TYPE[dtype]).message(2, dims);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensor));
}

/** Collects nodes, initialisers, inputs and outputs, and encodes them as an ONNX ModelProto. */
export class ModelBuilder {
  readonly #nodes: ProtobufWriter[] = [];
  readonly #initializers: ProtobufWriter[] = [];
  readonly #inputs: ProtobufWriter[] = [];
  readonly #outputs: ProtobufWriter[] = [];
  readonly #external: { path: string; data: Uint8Array }[] = [];
  readonly #intConstants = new Map<string, string>();
  #names = 0;

  /** A name no other value has. */
  freshName(): string {
    return `v${this.#names++}`;
  }

  input(name: string, shape: Shape, dtype: DType): void {
    this.#inputs.push(encodeValueInfo(name, shape, dtype));
  }

  output(name: string, shape: Shape, dtype: DType): void {
    this.#outputs.push(encodeValueInfo(name, shape, dtype));
  }

  #initializer(dims: Shape, type: ElementType, data: ArrayBufferView): string {
    const name = this.freshName();
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const tensor = new ProtobufWriter();
    for (const size of dims) tensor.int(1, size);
    tensor.int(2, ELEMENT_TYPE[type]).string(8, name);
    if (bytes.length < EXTERNAL_BYTES) tensor.bytes(9, bytes);
    else {
      const entry = (key: string, value: string) => new ProtobufWriter().string(1, key).string(2, value);
      tensor.message(13, entry('location', name)).message(13, entry('offset', '0'));
      tensor.message(13, entry('length', String(bytes.length))).int(14, 1);
      this.#external.push({ path: name, data: bytes });
    }
    this.#initializers.push(tensor);
    return name;
  }

  /** A constant tensor; returns its name. */
  constant(data: TensorData, shape: Shape, dtype: DType): string {
    return this.#initializer(shape, dtype, data);
  }

  /** A vector of int64, as shapes and axes are given; equal ones share a name. */
  ints(values: readonly number[]): string {
    const key = values.join(',');
    const known = this.#intConstants.get(key);
    if (known !== undefined) return known;
    const name = this.#initializer([values.length], 'int64', BigInt64Array.from(values, BigInt));
    this.#intConstants.set(key, name);
    return name;
  }

  /** Adds a node with given output names; an empty name leaves an optional output out. */
  nodeInto(
    outputs: readonly string[],
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): void {
    const node = new ProtobufWriter();
    for (const name of inputs) node.string(1, name);
    for (const name of outputs) node.string(2, name);
    node.string(3, `n${this.#nodes.length}`).string(4, opType);
    for (const [name, value] of Object.entries(attributes)) node.message(5, encodeAttribute(name, value));
    this.#nodes.push(node);
  }

  /** Adds a node with one output and returns the output's name. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    const name = this.freshName();
    this.nodeInto([name], opType, inputs, attributes);
    return name;
  }

  encode(): EncodedModel {
    const graph = new ProtobufWriter();
    for (const node of this.#nodes) graph.message(1, node);
    graph.string(2, 'graph');
    for (const tensor of this.#initializers) graph.message(5, tensor);
    for (const value of this.#inputs) graph.message(11, value);
    for (const value of this.#outputs) graph.message(12, value);
    const model = new ProtobufWriter()
      .int(1, IR_VERSION)
      .string(2, 'coop-bench')
      .message(7, graph)
      .message(8, new ProtobufWriter().string(1, '').int(2, OPSET));
    return { model: model.finish(), externalData: this.#external };
  }
}
