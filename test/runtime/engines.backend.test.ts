import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradients } from '../../src/autodiff/index.ts';
import * as ir from '../../src/ir/index.ts';
import { type Engine, type Feeds, onnxEngine, referenceEngine } from '../../src/runtime/index.ts';
import { ENGINES, type TestedEngine } from '../engines.ts';
import { relativeError } from '../relative-error.ts';
import { irregular } from './op-cases.ts';

const WITH_REFERENCE: readonly TestedEngine[] = [
  ...ENGINES,
  { title: 'the reference', engine: referenceEngine(), skip: false },
];

const values = (operand: number, count: number): Float32Array => Float32Array.from(irregular(operand, count));

/** Runs a graph once. */
async function run(engine: Engine, graph: ir.Graph, feeds: Feeds): Promise<Record<string, Float32Array>> {
  const executable = await engine.compile(graph);
  try {
    return await executable.run(feeds);
  } finally {
    await executable.dispose();
  }
}

for (const { title, engine, skip } of WITH_REFERENCE) {
  describe(`feeds of ${title}`, { skip }, () => {
    const x = ir.input('x', [2, 3]);
    const labels = ir.input('labels', [2], 'int32');
    const keep = ir.input('keep', [2, 3], 'bool');
    const graph = ir.makeGraph({
      y: ir.add(ir.where(keep, x, ir.scalar(0)), ir.reshape(ir.toFloat(labels), [2, 1])),
    });
    const feeds = {
      x: Float32Array.of(1, 2, 3, 4, 5, 6),
      labels: Int32Array.of(10, -20),
      keep: Uint8Array.of(1, 0, 1, 0, 1, 0),
    };

    it('are read by name, whatever their order, and others are ignored', async () => {
      const fetched = await run(engine, graph, {
        keep: feeds.keep,
        unused: values(0, 1),
        labels: feeds.labels,
        x: feeds.x,
      });
      assert.deepEqual(fetched, { y: Float32Array.of(11, 10, 13, -20, -15, -20) });
    });

    const wrong: readonly (readonly [string, Feeds, string])[] = [
      ['that is missing', { ...feeds, x: undefined } as unknown as Feeds, 'feed x [2,3] float32 is missing'],
      [
        'of another size',
        { ...feeds, x: new Float32Array(5) },
        'feed x: expected [2,3] float32, found 5 values of Float32Array',
      ],
      [
        'of another type',
        { ...feeds, labels: Float32Array.of(1, 2) },
        'feed labels: expected [2] int32, found 2 values of Float32Array',
      ],
      [
        'of integers for conditions',
        { ...feeds, keep: new Int32Array(6) },
        'feed keep: expected [2,3] bool, found 6 values of Int32Array',
      ],
    ];
    for (const [what, bad, message] of wrong) {
      it(`refuse one ${what}`, async () => {
        await assert.rejects(run(engine, graph, bad), { message });
      });
    }

    it('and fetched values belong to the caller, run after run', async () => {
      const executable = await engine.compile(graph);
      const first = await executable.run(feeds);
      const second = await executable.run({ ...feeds, labels: Int32Array.of(0, 0) });
      assert.deepEqual(first.y, Float32Array.of(11, 10, 13, -20, -15, -20));
      assert.deepEqual(second.y, Float32Array.of(1, 0, 3, 0, 5, 0));
      await executable.dispose();
    });

    it('may be none: constants alone are computed', async () => {
      assert.deepEqual(await run(engine, ir.makeGraph({ y: ir.exp(ir.scalar(0)) }), {}), {
        y: Float32Array.of(1),
      });
    });

    it('are fetched as they are where nothing is computed from them', async () => {
      const a = ir.input('a', [2, 3]);
      const fed = values(0, 6);
      const { turned, same } = await run(engine, ir.makeGraph({ turned: ir.reshape(a, [6]), same: a }), {
        a: fed,
      });
      turned![0] = 100;
      same![1] = 100;
      assert.deepEqual(fed, values(0, 6));
    });

    it('may be fetched under several names', async () => {
      const a = ir.input('a', [2]);
      const twice = ir.add(a, a);
      const fetched = await run(engine, ir.makeGraph({ a, one: twice, two: twice }), { a: values(0, 2) });
      assert.deepEqual(fetched.a, values(0, 2));
      assert.deepEqual(fetched.one, fetched.two);
    });
  });
}

describe('onnxruntime with two threads', () => {
  it('gives what one thread gives: a layer with its gradient, large enough to be split', async () => {
    const [rows, width] = [192, 160];
    const x = ir.input('x', [rows, width]);
    const weight = ir.constant(values(1, 4 * width * width), [4 * width, width]);
    const hidden = ir.quickGelu(ir.linear(ir.standardize(x), ir.scale(weight, 0.1), null));
    const y = ir.softmax(hidden);
    const loss = ir.reduceSum(ir.mul(y, ir.constant(values(2, rows * 4 * width), [rows, 4 * width])), [0, 1]);
    const graph = ir.makeGraph({ y, gradient: gradients(loss, [x])[0]! });
    const feeds = { x: values(0, rows * width) };
    const one = await run(onnxEngine({ threads: 1 }), graph, feeds);
    const two = await run(onnxEngine({ threads: 2 }), graph, feeds);
    for (const name of ['y', 'gradient']) assert.ok(relativeError(two[name]!, one[name]!) < 1e-6, name);
  });
});
