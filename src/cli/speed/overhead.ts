import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cell, type CellRecord, cellKey } from '../../config/index.ts';
import { methodConfig } from '../../methods/index.ts';
import { RecordStore, runTasks, runtimeVersions } from '../../runner/index.ts';
import type { Measure } from './workload.ts';

/** Cells a worker computes, and how long each takes: half a grid of the icon suite's small cells. */
const [CELLS_PER_WORKER, CELL_MS] = [60, 250];

function cellOf(seed: number): Cell {
  const dataset = { key: 'none', fingerprint: 'none' };
  return {
    dataset,
    backbone: { name: 'none', sha256: 'none' },
    method: methodConfig('linear_probe', {
      shots: 1,
      epochs: 'suite',
      views: 8,
      dataset: 'none',
      prompts: [],
    }),
    shots: 1,
    seed,
    targets: [dataset],
    runtime: { engine: 'onnxruntime', device: 'cpu', precision: 'float32' },
    limit: null,
  };
}

function recordOf(cell: Cell): CellRecord {
  const score = {
    target: 'none',
    accuracy: 0,
    macroAccuracy: 0,
    correct: 0,
    count: 1,
    perClass: { correct: [0], count: [1] },
    hits: 'AA==',
  };
  return {
    schemaVersion: 2,
    status: 'ok',
    key: cellKey(cell),
    cell,
    result: { scores: [score], trainPictures: 1, validationPictures: 1, classes: 2, details: {}, flops: 0 },
    run: {
      startedAt: new Date().toISOString(),
      durationMs: CELL_MS,
      host: hostname(),
      threads: 1,
      ...runtimeVersions(),
    },
  };
}

/**
 * The share of the workers' time that a grid does not spend in cells: starting the pool's process, handing out
 * tasks, writing records. Cells wait for a known time and keep their core busy.
 */
export const runnerOverheadMeasure: Measure = {
  fixedThreads: 1,
  async prepare() {
    const folder = await mkdtemp(join(tmpdir(), 'coop-bench-speed-'));
    const store = new RecordStore(folder);
    store.prepare();
    const workers = availableParallelism();
    const cells = Array.from({ length: CELLS_PER_WORKER * workers }, (_, seed) => cellOf(seed));
    const byKey = new Map(cells.map((cell) => [cellKey(cell), cell]));
    return {
      problem: `${cells.length} cells of ${CELL_MS} ms, ${workers} workers, from starting the pool to the last record`,
      unit: 'fraction',
      run: async () => {
        await runTasks(
          [...byKey.keys()].map((id) => ({ id, needs: [], cost: CELL_MS, payload: CELL_MS })),
          {
            workers,
            threads: 1,
            workerModule: new URL('./busy-worker.ts', import.meta.url),
            onEvent: (event) => {
              if (event.kind === 'finish') store.write(recordOf(byKey.get(event.outcome.taskId)!));
            },
          },
        );
      },
      flops: () => null,
      value: (milliseconds) => 1 - (CELLS_PER_WORKER * CELL_MS) / milliseconds,
      dispose: () => rm(folder, { recursive: true, force: true }),
    };
  },
};
