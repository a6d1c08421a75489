import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { EMBEDDED_ONLY } from '../../datasets/index.ts';
import { type Checkpoint, openCheckpoint } from '../../src/clip/index.ts';
import { type Cell, cellKey, type UserError } from '../../src/config/index.ts';
import type { Dataset, Datum } from '../../src/data/index.ts';
import { methodConfig } from '../../src/methods/index.ts';
import { executeCells } from '../../src/runner/execute-cells.ts';
import { executeFeatures } from '../../src/runner/execute-features.ts';
import type { JobPlace } from '../../src/runner/job.ts';
import { TEST_VIEW } from '../../src/runner/views.ts';
import { WorkerContext } from '../../src/runner/worker-context.ts';

/** A worker's context that knows one dataset of files. */
class FilesContext extends WorkerContext {
  constructor(
    place: JobPlace,
    checkpoint: Checkpoint,
    private readonly files: Dataset,
  ) {
    super(place, 1, checkpoint);
  }

  override dataset(): Promise<Dataset> {
    return Promise.resolve(this.files);
  }
}

async function filesDataset(folder: string): Promise<Dataset> {
  const made: Datum[] = [];
  for (let i = 0; i < 6; i++) {
    const path = join(folder, `${i}.png`);
    const background = { r: 40 * i, g: 200 - 30 * i, b: 128 };
    writeFileSync(
      path,
      await sharp({ create: { width: 70, height: 64, channels: 3, background } })
        .png()
        .toBuffer(),
    );
    made.push({ picture: { kind: 'file', folder, name: `${i}.png` }, label: i % 2 });
  }
  return {
    key: 'files',
    title: 'Files',
    classNames: ['dark', 'light'],
    train: made.slice(0, 4),
    val: [],
    test: made.slice(4),
    prompt: 'a photo of a {}.',
    mirrors: true,
    note: null,
    splitSource: 'this test',
    protocol: { views: 1, epochs: 'suite', mostEpochs: null },
    fingerprint: 'f',
  };
}

test('a picture that cannot be read fails the cells that need it, with its name, and no others', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'coop-bench-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const dataset = await filesDataset(folder);
  const broken = dataset.train[1]!.picture.name;
  writeFileSync(join(folder, broken), 'no picture');
  rmSync(join(folder, dataset.train[2]!.picture.name));

  const runtime = { engine: 'onnxruntime', device: 'cpu', precision: 'float32' };
  const path = fileURLToPath(new URL('../../models/icon-clip-rn.safetensors', import.meta.url));
  const checkpoint = await openCheckpoint(path);
  const place: JobPlace = {
    checkpoint: path,
    checkpointSha256: '0'.repeat(64),
    model: { embedDim: 128, text: checkpoint.architecture.text, pictureFlops: 1 },
    activation: null,
    data: EMBEDDED_ONLY,
    cacheDir: join(folder, 'cache'),
    pictureThreads: 0,
    promptDir: join(folder, 'prompts'),
    runtime,
    engineVersions: {},
  };
  const context = new FilesContext(place, checkpoint, dataset);
  const job = { taskId: 't', threads: 1, cancelFlag: new SharedArrayBuffer(4) };
  const groups = [
    { split: 'train', view: 0, indices: [0, 1, 2, 3] },
    { split: 'test', view: TEST_VIEW, indices: [0, 1] },
  ] as const;
  const encoded = await executeFeatures(
    { ...job, payload: { kind: 'features', place, dataset: 'files', groups } },
    context,
  );
  assert.deepEqual(encoded, { kind: 'features', encoded: 4, cached: 0 });

  const run = (methodKey: string, shots: number) => {
    const identity = { key: 'files', fingerprint: 'f' };
    const cell: Cell = {
      dataset: identity,
      backbone: { name: 'm', sha256: place.checkpointSha256 },
      method: methodConfig(methodKey, {
        shots,
        epochs: 1,
        views: 1,
        dataset: 'files',
        prompts: [dataset.prompt],
      }),
      shots,
      seed: shots === 0 ? null : 1,
      targets: [identity],
      runtime,
      limit: null,
    };
    const key = cellKey(cell);
    return executeCells(
      { ...job, payload: { kind: 'cells', place, cells: [{ key, cell }], wanted: [key] } },
      context,
    );
  };
  const zeroShot = await run('zeroshot', 0);
  assert.ok(zeroShot.kind === 'cells' && zeroShot.records[0]?.status === 'ok');
  await assert.rejects(run('coop_m4_end', 2), (error: UserError) => {
    assert.ok(['PICTURE_UNREADABLE', 'PICTURE_MISSING'].includes(error.code), error.code);
    assert.match(error.message, /[12]\.png/);
    return true;
  });
  await context.dispose();
});
