import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradients } from '../../src/autodiff/index.ts';
import * as ir from '../../src/ir/index.ts';
import { evaluate } from '../../src/runtime/index.ts';
import { ENGINES } from '../engines.ts';
import { irregular, OP_CASES, type OpCase } from './op-cases.ts';

/** float32 engines keep about seven digits; on every op, each engine was seen below 8e-7. */
const FLOAT32 = 5e-6;
/** Central differences in float64 are good to about 1e-9; constants of the graph are float32, to 6e-8. */
const DIFFERENCES = 5e-7;

function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, what);
  const size = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    assert.ok(error <= tolerance * size, `${what}[${i}]: ${actual[i]} is not ${expected[i]}`);
  }
}

/** The case with the loss Σ y · (1, 2, 3, …), which tells every element of y apart. */
function instantiate(testCase: OpCase) {
  const operands = testCase.shapes.map((shape, i) => ir.input(`x${i}`, shape));
  const y = testCase.build(...operands);
  const weights = Float32Array.from({ length: ir.numel(y.shape) }, (_, i) => i + 1);
  const weighted = ir.mul(y, ir.constant(weights, y.shape));
  const loss = ir.reduceSum(
    weighted,
    y.shape.map((_, axis) => axis),
  );
  const values = testCase.values ?? irregular;
  const feeds = Object.fromEntries(
    testCase.shapes.map((shape, i) => [`x${i}`, Float64Array.from(values(i, ir.numel(shape)))]),
  );
  return { operands, y, loss, feeds };
}

function finiteDifferences(loss: ir.Node, feeds: Record<string, Float64Array>, name: string): number[] {
  const graph = ir.makeGraph({ loss });
  const at = (i: number, step: number): number => {
    const moved = Float64Array.from(feeds[name]!);
    moved[i]! += step;
    return evaluate(graph, { ...feeds, [name]: moved }).loss![0]!;
  };
  const step = 1e-5;
  return Array.from(feeds[name]!, (_, i) => (at(i, step) - at(i, -step)) / (2 * step));
}

for (const [op, cases] of Object.entries(OP_CASES)) {
  describe(op, () => {
    for (const testCase of cases as readonly OpCase[]) {
      const { operands, y, loss, feeds } = instantiate(testCase);
      const hasGradient = testCase.smooth !== false || testCase.gradient !== undefined;
      const grads = hasGradient ? gradients(loss, operands) : [];
      const graph = ir.makeGraph({ y, ...Object.fromEntries(grads.map((g, i) => [`g${i}`, g])) });
      const oracle = evaluate(graph, feeds);

      it(`${testCase.title}: the graph and its gradient verify`, () => {
        ir.verify(graph);
        grads.forEach((g, i) => {
          assert.deepEqual(g.shape, operands[i]!.shape);
        });
      });

      if (hasGradient) {
        it(`${testCase.title}: gradient equals ${testCase.gradient ? 'the stated one' : 'central differences'}`, () => {
          operands.forEach((_, i) => {
            const expected = testCase.gradient?.[i] ?? finiteDifferences(loss, feeds, `x${i}`);
            assertClose(oracle[`g${i}`]!, expected, DIFFERENCES, `gradient ${i}`);
          });
        });
      }

      for (const { title, engine, skip } of ENGINES) {
        it(`${testCase.title}: ${title} gives the reference's values and gradients`, { skip }, async () => {
          const executable = await engine.compile(graph);
          const float32 = Object.fromEntries(
            Object.entries(feeds).map(([name, data]) => [name, Float32Array.from(data)]),
          );
          const fetched = await executable.run(
            Object.fromEntries(graph.inputs.map(({ attributes: { name } }) => [name, float32[name]!])),
          );
          for (const [name, expected] of Object.entries(oracle)) {
            assertClose(fetched[name]!, expected, FLOAT32, name);
          }
          await executable.dispose();
        });
      }

      if (testCase.smooth !== false) {
        it(`${testCase.title}: the gradient's own gradient equals central differences`, () => {
          const probe = (g: ir.Node, i: number) =>
            ir.reduceSum(
              ir.mul(g, ir.constant(Float32Array.from(irregular(7 + i, ir.numel(g.shape))), g.shape)),
              g.shape.map((_, axis) => axis),
            );
          const second = grads.map(probe).reduce((a, b) => ir.add(a, b));
          const result = evaluate(
            ir.makeGraph(Object.fromEntries(gradients(second, operands).map((g, i) => [`h${i}`, g]))),
            feeds,
          );
          operands.forEach((_, i) => {
            assertClose(
              result[`h${i}`]!,
              finiteDifferences(second, feeds, `x${i}`),
              1e-6,
              `second gradient ${i}`,
            );
          });
        });
      }
    }
  });
}
