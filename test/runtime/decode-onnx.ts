import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import type { EncodedModel } from '../../src/runtime/onnx/index.ts';

/** Types of AttributeProto (onnx.proto, AttributeType), by the field that holds the value. */
const ATTRIBUTE_FIELD: Readonly<Record<number, 'f' | 'i' | 's' | 'ints'>> = {
  1: 'f',
  2: 'i',
  3: 's',
  7: 'ints',
};

interface ValueInfo {
  readonly name: string;
  /** TensorProto.DataType: 1 float, 6 int32, 7 int64, 9 bool. */
  readonly elementType: number;
  readonly shape: readonly number[];
}

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  /** Bytes within the model; empty where they lie outside. */
  readonly rawData: Uint8Array;
  /** Where they lie outside: location, offset, length; else null. */
  readonly external: Readonly<Record<string, string>> | null;
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
}

/** A model as an independent reader sees it. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producerName: string;
  readonly opsets: readonly (readonly [domain: string, version: number])[];
  readonly graphName: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

// What protobufjs gives for onnx.proto with `toObject`: repeated fields always present, others where set.
interface RawTensor {
  name: string;
  dims: number[];
  dataType: number;
  rawData?: Uint8Array;
  dataLocation?: number;
  externalData: { key: string; value: string }[];
}
interface RawValue {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: { dimValue: number }[] } } };
}
interface RawAttribute {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  ints: number[];
}
interface RawModel {
  irVersion: number;
  producerName: string;
  opsetImport: { domain: string; version: number }[];
  graph: {
    name: string;
    node: { name: string; opType: string; input: string[]; output: string[]; attribute: RawAttribute[] }[];
    initializer: RawTensor[];
    input: RawValue[];
    output: RawValue[];
  };
}

const { root } = protobuf.parse(readFileSync(new URL('onnx.proto', import.meta.url), 'utf8'));
const modelType = root.lookupType('ModelProto');

function attributeValue(attribute: RawAttribute): number | string | readonly number[] {
  const field = ATTRIBUTE_FIELD[attribute.type];
  if (field === undefined) throw new Error(`attribute ${attribute.name} has type ${attribute.type}`);
  const value = attribute[field];
  if (value === undefined) throw new Error(`attribute ${attribute.name} has no ${field}`);
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
}

const valueInfo = ({ name, type: { tensorType } }: RawValue): ValueInfo => ({
  name,
  elementType: tensorType.elemType,
  shape: tensorType.shape.dim.map(({ dimValue }) => dimValue),
});

/** Reads an encoded model with protobufjs. */
export function decodeOnnx({ model }: EncodedModel): OnnxModel {
  const raw = modelType.toObject(modelType.decode(model), { longs: Number, arrays: true }) as RawModel;
  const { graph } = raw;
  return {
    irVersion: raw.irVersion,
    producerName: raw.producerName,
    opsets: raw.opsetImport.map(({ domain, version }) => [domain, version]),
    graphName: graph.name,
    nodes: graph.node.map(({ name, opType, input, output, attribute }) => ({
      name,
      opType,
      inputs: input,
      outputs: output,
      attributes: Object.fromEntries(attribute.map((a) => [a.name, attributeValue(a)])),
    })),
    initializers: graph.initializer.map(({ name, dims, dataType, rawData, dataLocation, externalData }) => ({
      name,
      dims,
      dataType,
      rawData: rawData ?? new Uint8Array(0),
      external:
        dataLocation === 1 ? Object.fromEntries(externalData.map(({ key, value }) => [key, value])) : null,
    })),
    inputs: graph.input.map(valueInfo),
    outputs: graph.output.map(valueInfo),
  };
}

/** A float32 initialiser's values, wherever they lie. */
export function floatsOf(tensor: OnnxTensor, { externalData }: EncodedModel): number[] {
  const bytes = tensor.external
    ? externalData.find(({ path }) => path === tensor.external!.location)!.data
    : tensor.rawData;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
