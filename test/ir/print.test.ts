import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradients } from '../../src/autodiff/index.ts';
import * as ir from '../../src/ir/index.ts';

/** A line of a text a test states, without the indentation it has here. */
const text = (lines: string): string => lines.replaceAll(/^ +/gm, '').trimStart();

function layer() {
  const x = ir.input('x', [2, 3]);
  const weight = ir.constant(new Float32Array(12), [4, 3], 'fc.weight');
  const bias = ir.constant(new Float32Array(4), [4], 'fc.bias');
  const y = ir.quickGelu(ir.linear(ir.standardize(x), weight, bias));
  return { x, loss: ir.reduceSum(y, [0, 1]) };
}

describe('printGraph', () => {
  it('shows a layer one node a line, with attributes, types and results', () => {
    assert.equal(
      ir.printGraph(ir.makeGraph({ loss: layer().loss })),
      text(`
        %0 = input() {name=x} : float32[2, 3]
        %1 = standardize(%0) {epsilon=0.00001} : float32[2, 3]
        %2 = constant() {fc.weight} : float32[4, 3]
        %3 = matmul(%1, %2) {transA=false transB=true} : float32[2, 4]
        %4 = constant() {fc.bias} : float32[4]
        %5 = add(%3, %4) : float32[2, 4]
        %6 = constant() {1.7020000219345093} : float32[]
        %7 = mul(%5, %6) : float32[2, 4]
        %8 = sigmoid(%7) : float32[2, 4]
        %9 = mul(%5, %8) : float32[2, 4]
        %10 = reduceSum(%9) {axes=[0, 1] keepDims=false} : float32[]
        return loss=%10
      `),
    );
  });

  // The whole text, so that a gradient that grows by a node shows in review.
  it("shows the gradient of that layer: the frozen weight used as it is, no product but the input's", () => {
    const { x, loss } = layer();
    const [gradient] = gradients(loss, [x]) as [ir.Node];
    assert.equal(
      ir.printGraph(ir.makeGraph({ gradient })),
      text(`
        %0 = input() {name=x} : float32[2, 3]
        %1 = inverseStd(%0) {epsilon=0.00001} : float32[2, 1]
        %2 = constant() {1} : float32[]
        %3 = reshape(%2) {shape=[1, 1]} : float32[1, 1]
        %4 = broadcastTo(%3) {shape=[2, 4]} : float32[2, 4]
        %5 = standardize(%0) {epsilon=0.00001} : float32[2, 3]
        %6 = constant() {fc.weight} : float32[4, 3]
        %7 = matmul(%5, %6) {transA=false transB=true} : float32[2, 4]
        %8 = constant() {fc.bias} : float32[4]
        %9 = add(%7, %8) : float32[2, 4]
        %10 = constant() {1.7020000219345093} : float32[]
        %11 = mul(%9, %10) : float32[2, 4]
        %12 = sigmoid(%11) : float32[2, 4]
        %13 = mul(%4, %12) : float32[2, 4]
        %14 = mul(%4, %9) : float32[2, 4]
        %15 = constant() {1} : float32[]
        %16 = sub(%15, %12) : float32[2, 4]
        %17 = mul(%12, %16) : float32[2, 4]
        %18 = mul(%14, %17) : float32[2, 4]
        %19 = mul(%18, %10) : float32[2, 4]
        %20 = add(%13, %19) : float32[2, 4]
        %21 = matmul(%20, %6) {transA=false transB=false} : float32[2, 3]
        %22 = reduceSum(%21) {axes=[1] keepDims=true} : float32[2, 1]
        %23 = constant() {0.3333333432674408} : float32[]
        %24 = mul(%22, %23) : float32[2, 1]
        %25 = sub(%21, %24) : float32[2, 3]
        %26 = mul(%21, %5) : float32[2, 3]
        %27 = reduceSum(%26) {axes=[1] keepDims=true} : float32[2, 1]
        %28 = constant() {0.3333333432674408} : float32[]
        %29 = mul(%27, %28) : float32[2, 1]
        %30 = mul(%5, %29) : float32[2, 3]
        %31 = sub(%25, %30) : float32[2, 3]
        %32 = mul(%1, %31) : float32[2, 3]
        return gradient=%32
      `),
    );
  });

  it('counts the values of a constant without a name, and shows integers and conditions', () => {
    const indices = ir.constant(Int32Array.of(1, 0, 1), [3]);
    const rows = ir.gather(ir.input('x', [2]), indices);
    assert.equal(
      ir.printGraph(ir.makeGraph({ above: ir.greater(rows, ir.scalar(0.5)), rows })),
      text(`
        %0 = input() {name=x} : float32[2]
        %1 = constant() {3 values} : int32[3]
        %2 = gather(%0, %1) : float32[3]
        %3 = constant() {0.5} : float32[]
        %4 = greater(%2, %3) : bool[3]
        return above=%4, rows=%2
      `),
    );
  });
});
