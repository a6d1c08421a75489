import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradients } from '../../src/autodiff/index.ts';
import * as ir from '../../src/ir/index.ts';
import { lowerGraph } from '../../src/runtime/onnx/index.ts';
import { ModelBuilder } from '../../src/runtime/onnx/model.ts';
import { decodeOnnx, floatsOf, type OnnxModel } from './decode-onnx.ts';
import { OP_CASES, type OpCase } from './op-cases.ts';

const total = (x: ir.Node): ir.Node =>
  ir.reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );

const ramp = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i / 8 - 1);

/** Names are unique, and every operand is an input, an initialiser or an earlier node's output. */
function assertWellFormed({ inputs, initializers, nodes, outputs }: OnnxModel): void {
  const known = new Set<string>();
  const define = (name: string) => {
    assert.ok(!known.has(name), `two values ${name}`);
    known.add(name);
  };
  for (const { name } of [...inputs, ...initializers]) define(name);
  for (const node of nodes) {
    for (const name of node.inputs) assert.ok(name === '' || known.has(name), `${node.opType} reads ${name}`);
    node.outputs.forEach(define);
  }
  for (const { name } of outputs) assert.ok(known.has(name), `output ${name}`);
  assert.equal(new Set(nodes.map(({ name }) => name)).size, nodes.length);
}

describe('a layer as an ONNX model', () => {
  const weight = ramp(12);
  const x = ir.input('x', [2, 3]);
  const y = ir.softmax(ir.linear(x, ir.constant(weight, [4, 3]), ir.constant(ramp(4), [4])));
  const encoded = lowerGraph(ir.makeGraph({ y }));
  const model = decodeOnnx(encoded);

  it('states format, opset and producer', () => {
    assert.deepEqual(model.opsets, [['', 18]]);
    assert.equal(model.irVersion, 9);
    assert.equal(model.producerName, 'coop-bench');
    assert.notEqual(model.graphName, '');
  });

  it('is one Gemm with transB, one Softmax and the named output', () => {
    assert.deepEqual(
      model.nodes.map(({ opType, attributes }) => [opType, attributes]),
      [
        ['Gemm', { transA: 0, transB: 1 }],
        ['Softmax', { axis: -1 }],
        ['Identity', {}],
      ],
    );
    assertWellFormed(model);
  });

  it('holds weights and bias as they were given, little-endian', () => {
    assert.deepEqual(
      model.initializers.map(({ dims, dataType }) => [dims, dataType]),
      [
        [[4, 3], 1],
        [[4], 1],
      ],
    );
    assert.deepEqual(floatsOf(model.initializers[0]!, encoded), [...weight]);
    assert.deepEqual(floatsOf(model.initializers[1]!, encoded), [...ramp(4)]);
    assert.deepEqual(encoded.externalData, []);
  });
});

describe('inputs and outputs', () => {
  it('carry names, shapes and element types, scalars and conditions too', () => {
    const labels = ir.input('labels', [2, 1], 'int32');
    const scale = ir.input('scale', []);
    const rows = ir.gather(ir.constant(ramp(6), [3, 2]), labels);
    const above = ir.greater(rows, scale);
    const model = decodeOnnx(lowerGraph(ir.makeGraph({ above, labels, scale })));
    const ofName = (name: string) => [...model.inputs, ...model.outputs].find((value) => value.name === name);
    assert.deepEqual(ofName('in_labels'), { name: 'in_labels', elementType: 6, shape: [2, 1] });
    assert.deepEqual(ofName('in_scale'), { name: 'in_scale', elementType: 1, shape: [] });
    assert.deepEqual(ofName('out_above'), { name: 'out_above', elementType: 9, shape: [2, 1, 2] });
    assert.deepEqual(ofName('out_labels'), { name: 'out_labels', elementType: 6, shape: [2, 1] });
    assert.equal(model.inputs.length + model.outputs.length, 5);
  });

  it('may have any name: none meets an inner one', () => {
    const names = ['v0', 'v1', 'n0', 'out_v0', 'in_v0', ''];
    const nodes = names.map((name) => ir.input(name, [2]));
    const sum = nodes.map((node) => ir.exp(node)).reduce((a, b) => ir.add(a, b));
    assertWellFormed(decodeOnnx(lowerGraph(ir.makeGraph({ v0: sum, in_v0: sum, out_v0: nodes[0]! }))));
  });
});

describe('a weight', () => {
  const weight = ir.constant(ramp(16 * 12), [16, 12], 'fc');

  it('used forward and transposed for the gradient is held once and never transposed', () => {
    const x = ir.input('x', [5, 12]);
    const loss = total(ir.quickGelu(ir.linear(x, weight, ir.constant(ramp(16), [16]))));
    const encoded = lowerGraph(ir.makeGraph({ loss, gradient: gradients(loss, [x])[0]! }));
    const model = decodeOnnx(encoded);
    const [held, ...others] = model.initializers.filter(({ dims }) => dims.length === 2);
    assert.deepEqual(held!.dims, [16, 12]);
    assert.deepEqual(others, []);
    const users = model.nodes.filter(({ inputs }) => inputs.includes(held!.name));
    assert.deepEqual(
      users.map(({ opType, attributes }) => [opType, attributes.transA, attributes.transB]),
      [
        ['Gemm', 0, 1],
        ['Gemm', 0, 0],
      ],
    );
    assert.ok(!model.nodes.some(({ opType }) => opType === 'Transpose'));
  });

  for (const [count, outside] of [
    [4095, false],
    [4096, true],
  ] as const) {
    it(`of ${count} values lies ${outside ? 'beside the model, not copied' : 'within the model'}`, () => {
      const data = ramp(count);
      const encoded = lowerGraph(
        ir.makeGraph({ y: ir.add(ir.input('x', [count]), ir.constant(data, [count])) }),
      );
      const [tensor] = decodeOnnx(encoded).initializers;
      assert.deepEqual(tensor!.dims, [count]);
      assert.deepEqual(floatsOf(tensor!, encoded), [...data]);
      assert.equal(tensor!.rawData.length, outside ? 0 : 4 * count);
      assert.equal(encoded.externalData.length, outside ? 1 : 0);
      if (!outside) return;
      assert.deepEqual(tensor!.external, {
        location: encoded.externalData[0]!.path,
        offset: '0',
        length: String(4 * count),
      });
      assert.equal(encoded.externalData[0]!.data.buffer, data.buffer);
      assert.ok(encoded.model.length < 1000, `${encoded.model.length} bytes`);
    });
  }

  it('that is part of a larger array is referenced as that part', () => {
    const all = ramp(3 * 4096);
    const part = ir.constant(all.subarray(4096, 8192), [64, 64]);
    const encoded = lowerGraph(ir.makeGraph({ y: ir.matmul(ir.input('x', [1, 64]), part) }));
    const { data } = encoded.externalData[0]!;
    assert.deepEqual([data.buffer, data.byteOffset, data.byteLength], [all.buffer, 4 * 4096, 4 * 4096]);
  });
});

describe('ModelBuilder', () => {
  it('writes every kind of attribute, and negative and large integers', () => {
    const builder = new ModelBuilder();
    const ints = [-1, 0, 1, 127, 128, -(2 ** 31), 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1];
    const attributes = { axis: -1, huge: 2 ** 40, mode: 'näher', epsilon: { float: 1e-5 }, ints, none: [] };
    builder.nodeInto(['a', '', 'b'], 'Op', ['', 'x'], attributes);
    const [node] = decodeOnnx(builder.encode()).nodes;
    assert.deepEqual(node!.inputs, ['', 'x']);
    assert.deepEqual(node!.outputs, ['a', '', 'b']);
    assert.deepEqual(node!.attributes, { ...attributes, epsilon: Math.fround(1e-5) });
  });

  it('writes shapes as int64 and shares equal ones', () => {
    const builder = new ModelBuilder();
    const [first, second, other] = [builder.ints([2, -1]), builder.ints([2, -1]), builder.ints([])];
    assert.equal(first, second);
    assert.notEqual(first, other);
    const tensors = decodeOnnx(builder.encode()).initializers;
    assert.deepEqual(
      tensors.map(({ dims, dataType }) => [dims, dataType]),
      [
        [[2], 7],
        [[0], 7],
      ],
    );
    const { rawData } = tensors[0]!;
    const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
    assert.deepEqual([view.getBigInt64(0, true), view.getBigInt64(8, true)], [2n, -1n]);
  });
});

describe('every op and its gradient', () => {
  for (const [op, cases] of Object.entries(OP_CASES)) {
    it(`${op} makes well-formed models`, () => {
      for (const { shapes, build, smooth } of cases as readonly OpCase[]) {
        const operands = shapes.map((shape, i) => ir.input(`x${i}`, shape));
        const y = build(...operands);
        const grads = smooth === false ? [] : gradients(total(y), operands);
        const graph = ir.makeGraph({ y, ...Object.fromEntries(grads.map((g, i) => [`g${i}`, g])) });
        const model = decodeOnnx(lowerGraph(graph));
        assertWellFormed(model);
        assert.deepEqual(
          model.outputs.map(({ shape }) => shape),
          Object.values(graph.outputs).map(({ shape }) => shape),
        );
      }
    });
  }
});
