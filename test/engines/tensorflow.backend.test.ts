import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import * as ir from '../../src/ir/index.ts';
import { ENGINES } from '../engines.ts';
import { layer, values } from './layer.ts';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-core') as typeof import('@tensorflow/tfjs-core');
const TENSORFLOW = ENGINES.filter(({ engine }) => engine.name === 'tensorflow');

for (const { title, engine, skip } of TENSORFLOW) {
  describe(title, { skip }, () => {
    // Memory is counted once a backend has been started.
    before(async () => (await engine.compile(layer())).dispose());

    it('holds nothing after a run but its constants, and nothing once it is disposed of', async () => {
      const before = tf.memory();
      const executable = await engine.compile(layer());
      const constants = tf.memory();
      for (let i = 0; i < 100; i++) await executable.run({ x: values(i, 96) });
      const after = tf.memory();
      await executable.dispose();
      const end = tf.memory();
      assert.ok(constants.numTensors > before.numTensors);
      for (const count of ['numTensors', 'numDataBuffers', 'numBytes'] as const) {
        assert.equal(after[count], constants[count], count);
        assert.equal(end[count], before[count], count);
      }
    });

    it('holds nothing of a run that fails', async () => {
      const indices = ir.input('indices', [2], 'int32');
      const x = ir.exp(ir.input('x', [2]));
      const executable = await engine.compile(ir.makeGraph({ y: ir.neg(ir.gather(x, indices)) }));
      const before = tf.memory().numTensors;
      const run = executable.run({ x: values(0, 2), indices: Int32Array.of(0, 7) });
      // The kernels check indices before they read.
      await assert.rejects(run, /7/);
      assert.equal(tf.memory().numTensors, before);
      await executable.dispose();
    });

    it('frees a value when its last user has run', async () => {
      const x = ir.input('x', [1000]);
      let y: ir.Node = x;
      for (let i = 0; i < 40; i++) y = ir.add(ir.neg(y), y);
      const executable = await engine.compile(ir.makeGraph({ y }));
      const before = tf.memory().numBytes;
      const { peakBytes } = await tf.profile(async () => {
        await executable.run({ x: values(0, 1000) });
        return [];
      });
      // Two operands and a result, of 40 000 bytes at most were all of them kept.
      assert.ok(peakBytes - before <= 3 * 4000, `${peakBytes - before}`);
      await executable.dispose();
    });

    it('computes in two threads at once what it computes in one', async () => {
      const graph = layer();
      const expected = await engine.compile(graph);
      const { loss } = await expected.run({ x: values(0, 96) });
      await expected.dispose();
      const answers = await Promise.all([0, 1].map(() => lossInThread(engine.device)));
      for (const answer of answers) assert.ok(Math.abs(answer - loss![0]!) < 1e-5 * loss![0]!, `${answer}`);
    });
  });
}

/** Runs `layer` again and again in a worker thread, as the pool's threads would. */
function lossInThread(device: string): Promise<number> {
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      (await import('tsx/esm/api')).register();
      const { lossOfLayer } = await import(workerData.module);
      parentPort.postMessage(await lossOfLayer(workerData.device));
    })();`;
  const module = new URL('./layer.ts', import.meta.url).href;
  const worker = new Worker(script, { eval: true, workerData: { module, device } });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with ${code}`)));
  });
}
