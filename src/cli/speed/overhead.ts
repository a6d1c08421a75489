import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cell, type CellRecord, cellKey } from '../../config/index.ts';
import { methodConfig } from '../../methods/index.ts';
import { CellClaims, HolderWatch, RecordStore, runTasks, runtimeVersions } from '../../runner/index.ts';
import { type Measure, timed } from './workload.ts';

/** A run of more than this is not made twice to count one. */
const LONG_MS = 60_000;

/** Cells of one size. */
export interface BusyCells {
  /** Cells a worker computes. */
  readonly perWorker: number;
  /** Time of a core that each takes; what others do on it meanwhile does not count. */
  readonly milliseconds: number;
}

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

function recordOf(cell: Cell, durationMs: number): CellRecord {
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
      durationMs,
      host: hostname(),
      threads: 1,
      ...runtimeVersions(),
    },
  };
}

/** Cells that keep a core busy for a known time, with all that a grid does around them: claims, records. */
class BusyGrid {
  readonly #folder: string;
  readonly #milliseconds: number;
  readonly #cells: ReadonlyMap<string, Cell>;
  #round = 0;

  constructor(folder: string, count: number, milliseconds: number) {
    this.#folder = folder;
    this.#milliseconds = milliseconds;
    const cells = Array.from({ length: count }, (_, seed) => cellOf(seed));
    this.#cells = new Map(cells.map((cell) => [cellKey(cell), cell]));
  }

  async run(workers: number): Promise<void> {
    this.#round += 1;
    const out = join(this.#folder, String(this.#round));
    const store = new RecordStore(out);
    store.prepare();
    const claims = new CellClaims(out, 'measure', new HolderWatch(out));
    await runTasks(
      [...this.#cells.keys()].map((id) => ({ id, needs: [], cost: 1, payload: this.#milliseconds })),
      {
        workers,
        threads: 1,
        workerModule: new URL('./busy-worker.ts', import.meta.url),
        admit: ({ id, payload }) => {
          const absent = store.read(id).state === 'absent';
          return absent && claims.take([id]) && store.read(id).state === 'absent'
            ? { kind: 'start', payload }
            : { kind: 'later' };
        },
        keep: ({ taskId }) => store.write(recordOf(this.#cells.get(taskId)!, this.#milliseconds)),
        onEvent: (event) => {
          if (event.kind === 'finish') claims.release([event.outcome.taskId]);
        },
      },
    );
    claims.releaseAll();
  }
}

/**
 * The share of the cores that a grid does not spend in cells: starting the pool's process, claiming cells, handing
 * out tasks, writing records. Cells keep a core busy for a known time: where the runner takes the core from them
 * meanwhile, they end later.
 */
export const runnerOverheadMeasure = ({ perWorker, milliseconds }: BusyCells): Measure => ({
  fixedThreads: 1,
  async prepare() {
    const folder = await mkdtemp(join(tmpdir(), 'coop-bench-speed-'));
    const workers = availableParallelism();
    const count = perWorker * workers;
    const grid = new BusyGrid(folder, count, milliseconds);
    let commandMs = 0;
    return {
      get problem() {
        const command = `${(commandMs / count).toFixed(2)} ms of the command's processor time a cell`;
        return `${count} cells of ${milliseconds} ms, ${workers} workers, from starting the pool to the last record; ${command}`;
      },
      unit: 'fraction',
      run: async () => {
        const before = process.cpuUsage();
        await grid.run(workers);
        const { user, system } = process.cpuUsage(before);
        commandMs = (user + system) / 1000;
      },
      ...(count * milliseconds > LONG_MS * workers && { countsFirstRun: true }),
      flops: () => null,
      value: (elapsed) => 1 - (perWorker * milliseconds) / elapsed,
      dispose: () => rm(folder, { recursive: true, force: true }),
    };
  },
});

/** How much quicker two workers do a grid than one: 2 where nothing is lost. */
export const runnerScalingMeasure = ({ perWorker, milliseconds }: BusyCells): Measure => ({
  fixedThreads: 1,
  async prepare() {
    const folder = await mkdtemp(join(tmpdir(), 'coop-bench-speed-'));
    const grid = new BusyGrid(folder, 2 * perWorker, milliseconds);
    let oneWorkerMs = 0;
    return {
      problem: `${2 * perWorker} cells of ${milliseconds} ms with one worker and with two, in turn`,
      unit: 'times',
      run: async () => {
        oneWorkerMs = await timed(() => grid.run(1));
        await grid.run(2);
      },
      ...(2 * perWorker * milliseconds > LONG_MS && { countsFirstRun: true }),
      flops: () => null,
      value: (elapsed) => oneWorkerMs / (elapsed - oneWorkerMs),
      dispose: () => rm(folder, { recursive: true, force: true }),
    };
  },
});
