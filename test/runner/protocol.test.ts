import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EMBEDDED_ONLY, loadDataset } from '../../datasets/index.ts';
import { openCheckpoint } from '../../src/clip/index.ts';
import { type Cell, type CellRecord, cellKey } from '../../src/config/index.ts';
import type { Dataset } from '../../src/data/index.ts';
import { methodConfig } from '../../src/methods/index.ts';
import { executeCells } from '../../src/runner/execute-cells.ts';
import { executeFeatures } from '../../src/runner/execute-features.ts';
import type { JobPlace } from '../../src/runner/job.ts';
import { TEST_VIEW } from '../../src/runner/views.ts';
import { WorkerContext } from '../../src/runner/worker-context.ts';
import { temporaryFolder } from './helpers.ts';

/** A worker's context that knows one dataset. */
class OneDataset extends WorkerContext {
  constructor(
    place: JobPlace,
    checkpoint: Awaited<ReturnType<typeof openCheckpoint>>,
    private readonly known: Dataset,
  ) {
    super(place, 1, checkpoint);
  }

  override dataset(): Promise<Dataset> {
    return Promise.resolve(this.known);
  }
}

const METHODS = [
  'linear_probe',
  'coop_m4_end',
  'text_bias',
  'text_layer',
  'finetune_image',
  'tip_adapter',
  'tip_adapter_f',
];
const RUNTIME = { engine: 'onnxruntime', device: 'cpu', precision: 'float32' };

test('what a method learns and chooses does not depend on test pictures or their labels', async (t) => {
  const folder = temporaryFolder(t);
  const path = fileURLToPath(new URL('../../models/icon-clip-rn.safetensors', import.meta.url));
  const real = await loadDataset('icons_nature');
  const classes = real.classNames.length;
  // The same task, but every test picture has a wrong label, or gives way to a training picture.
  const misleading = {
    labels: real.test.map(({ picture, label }) => ({ picture, label: (label + 1) % classes })),
    pictures: real.test.map(({ label }, i) => ({
      picture: real.train[i % real.train.length]!.picture,
      label,
    })),
  };
  const learn = async (dataset: Dataset, name: string) => {
    const checkpoint = await openCheckpoint(path);
    mkdirSync(join(folder, name));
    const place: JobPlace = {
      checkpoint: path,
      checkpointSha256: '0'.repeat(64),
      model: {
        embedDim: checkpoint.architecture.embedDim,
        text: checkpoint.architecture.text,
        pictureFlops: 1,
      },
      activation: null,
      data: EMBEDDED_ONLY,
      cacheDir: join(folder, 'cache'),
      pictureThreads: 0,
      promptDir: join(folder, name),
      runtime: RUNTIME,
      engineVersions: {},
    };
    const context = new OneDataset(place, checkpoint, dataset);
    const job = { taskId: 't', threads: 1, cancelFlag: new SharedArrayBuffer(4) };
    const all = (split: 'train' | 'val' | 'test') => dataset[split].map((_, i) => i);
    const groups = [
      { split: 'train', view: 0, indices: all('train') },
      { split: 'train', view: TEST_VIEW, indices: all('train') },
      { split: 'val', view: TEST_VIEW, indices: all('val') },
      { split: 'test', view: TEST_VIEW, indices: all('test') },
    ] as const;
    await executeFeatures(
      { ...job, payload: { kind: 'features', place, dataset: dataset.key, groups } },
      context,
    );
    const records: CellRecord[] = [];
    for (const key of METHODS) {
      const identity = { key: dataset.key, fingerprint: dataset.fingerprint };
      const cell: Cell = {
        dataset: identity,
        backbone: { name: 'm', sha256: place.checkpointSha256 },
        method: methodConfig(key, {
          shots: 2,
          epochs: 2,
          views: 1,
          dataset: dataset.key,
          prompts: [dataset.prompt],
        }),
        shots: 2,
        seed: 1,
        targets: [identity],
        runtime: RUNTIME,
        limit: null,
      };
      const payload = {
        kind: 'cells',
        place,
        cells: [{ key: cellKey(cell), cell }],
        wanted: [cellKey(cell)],
      } as const;
      const value = await executeCells({ ...job, payload }, context);
      assert.ok(value.kind === 'cells');
      records.push(...value.records);
    }
    await context.dispose();
    const prompts = records
      .filter(({ cell }) => cell.method.kind === 'coop')
      .map(({ key }) => readFileSync(join(place.promptDir, `${key}.safetensors`)));
    return { prompts, results: records.map((record) => (record.status === 'ok' ? record.result : null)) };
  };
  const told = await learn(real, 'real');
  assert.equal(told.prompts.length, 1);
  for (const [what, test] of Object.entries(misleading)) {
    const misled = await learn({ ...real, test }, what);
    assert.deepEqual(misled.prompts, told.prompts, what);
    METHODS.forEach((key, i) => {
      const [right, other] = [told.results[i]!, misled.results[i]!];
      assert.deepEqual(other.details, right.details, `${key}, other ${what}`);
      assert.notEqual(
        other.scores[0]!.correct,
        right.scores[0]!.correct,
        `${key} is scored by the ${what} it is given`,
      );
    });
  }
});
