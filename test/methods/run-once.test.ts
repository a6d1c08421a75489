import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ir from '../../src/ir/index.ts';
import { runOnce } from '../../src/methods/run-once.ts';
import type { Engine } from '../../src/runtime/index.ts';

test('what is compiled for one run is given back, also where the run fails', async () => {
  const happened: string[] = [];
  const engine = (run: () => Promise<Record<string, Float32Array>>): Engine => ({
    name: 'fake',
    device: 'cpu',
    threads: 1,
    compile: async () => ({
      run,
      dispose: async () => {
        happened.push('disposed');
      },
    }),
  });
  const graph = ir.makeGraph({ y: ir.scalar(1) });
  const y = Float32Array.of(1);
  assert.deepEqual(
    await runOnce(
      engine(async () => ({ y })),
      graph,
      {},
    ),
    { y },
  );
  const failing = engine(async () => {
    throw new Error('no memory');
  });
  await assert.rejects(runOnce(failing, graph, {}), /no memory/);
  assert.deepEqual(happened, ['disposed', 'disposed']);
});
