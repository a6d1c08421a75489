import { methodTitle, type PlannedCell } from '../config/index.ts';
import { type Dataset, type Datum, drawFewShot, type FewShotDraw } from '../data/index.ts';
import type { Experiment } from './experiment.ts';
import type { Job, JobPlace, PictureGroup, SplitName } from './job.ts';
import type { ProgressTask } from './progress-state.ts';
import type { Task } from './task.ts';
import { testSubset } from './test-subset.ts';
import { TEST_VIEW } from './views.ts';

/** A task of the pool with what a display shows of it. */
export type PlannedTask = Task<Job> & ProgressTask;

/** Pictures of one features task: a second or so of work on the tiny model. */
const TASK_PICTURES = 512;

/** Rough milliseconds on one core with the tiny model; only their proportions matter, for the time left. */
const COST = { picture: 1.6, zeroShot: 150, probeFit: 12, coopStep: 2.5, coopStepClass: 0.055 } as const;

/** Which pictures of one dataset, under which views, some cells read. */
class Needed {
  readonly #dataset: Dataset;
  readonly #views = new Map<string, { split: SplitName; view: number; data: Set<Datum> }>();

  constructor(dataset: Dataset) {
    this.#dataset = dataset;
  }

  /** @param data Items of the split. */
  add(split: SplitName, view: number, data: Iterable<Datum>): void {
    const name = `${split} ${view}`;
    const group = this.#views.get(name) ?? { split, view, data: new Set() };
    this.#views.set(name, group);
    for (const datum of data) group.data.add(datum);
  }

  /** Everything, in pieces of at most `size` pictures. */
  pieces(size: number): PictureGroup[][] {
    const pieces: PictureGroup[][] = [];
    let room = 0;
    for (const { split, view, data } of this.#views.values()) {
      // One pass over the list: a table of all of ImageNet's pictures would take more than the few that are wanted.
      const indices: number[] = [];
      for (const [i, datum] of this.#dataset[split].entries()) if (data.has(datum)) indices.push(i);
      for (let start = 0; start < indices.length; ) {
        if (room === 0) {
          pieces.push([]);
          room = size;
        }
        const taken = indices.slice(start, start + room);
        pieces.at(-1)!.push({ split, view, indices: taken });
        room -= taken.length;
        start += taken.length;
      }
    }
    return pieces;
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** What the cells of one source and its targets need of each dataset. */
function picturesNeeded(
  cells: readonly PlannedCell[],
  datasets: ReadonlyMap<string, Dataset>,
): Map<string, Needed> {
  const needed = new Map<string, Needed>();
  const of = (key: string): Needed => {
    const known = needed.get(key) ?? new Needed(datasets.get(key)!);
    needed.set(key, known);
    return known;
  };
  // Cells of one draw stand together in a plan; drawing costs a pass over the training pictures.
  const draws = new Map<string, FewShotDraw>();
  const drawOf = (dataset: Dataset, shots: number, seed: number): FewShotDraw => {
    const name = `${dataset.key} ${shots} ${seed}`;
    const draw = draws.get(name) ?? drawFewShot(dataset, shots, seed);
    draws.set(name, draw);
    return draw;
  };
  for (const { cell } of cells) {
    for (const target of cell.targets) {
      of(target.key).add('test', TEST_VIEW, testSubset(datasets.get(target.key)!.test, cell.limit));
    }
    if (cell.seed === null) continue;
    const dataset = datasets.get(cell.dataset.key)!;
    const own = of(dataset.key);
    if (cell.method.kind === 'linear_probe') {
      const { train, val, valFrom } = drawOf(dataset, cell.shots, cell.seed);
      own.add('train', TEST_VIEW, train);
      own.add(valFrom, TEST_VIEW, val);
    } else if (cell.method.kind === 'coop' && cell.method.views !== 'fresh') {
      const { train } = drawOf(dataset, cell.shots, cell.seed);
      for (const view of range(cell.method.views)) own.add('train', view, train);
    }
  }
  return needed;
}

/** The words for a cell in a progress display. */
export function cellLabel({ dataset, method, shots, seed, backbone }: PlannedCell['cell']): string {
  const draw = seed === null ? [] : [`${shots} shot${shots === 1 ? '' : 's'}`, `seed ${seed}`];
  return [dataset.key, backbone.name, methodTitle(method.key), ...draw].join(' · ');
}

function cellCost({ method, shots }: PlannedCell['cell'], classes: number): number {
  switch (method.kind) {
    case 'zeroshot':
      return COST.zeroShot;
    case 'linear_probe':
      return COST.probeFit * (20 + 0.2 * classes * Math.sqrt(shots));
    case 'coop': {
      const steps = method.epochs * Math.max(1, Math.floor((classes * shots) / method.batchSize));
      const rows = method.csc ? 4 : 1;
      return steps * (COST.coopStep + COST.coopStepClass * classes * rows);
    }
    default:
      return method satisfies never;
  }
}

/**
 * The tasks that compute `cells`: for each dataset first its features, in pieces, then its cells, longest first.
 * Pieces are fixed by the cells, so the same cells give the same pieces.
 */
export function planTasks(
  experiment: Experiment,
  cells: readonly PlannedCell[],
  place: (backbone: Experiment['backbones'][number]) => JobPlace,
): PlannedTask[] {
  const datasets = new Map(
    [...experiment.datasets, ...experiment.targets].map((dataset) => [dataset.key, dataset]),
  );
  const tasks: PlannedTask[] = [];
  for (const backbone of experiment.backbones) {
    const where = place(backbone);
    for (const source of experiment.datasets) {
      const own = cells.filter(
        ({ cell }) => cell.backbone.sha256 === backbone.sha256 && cell.dataset.key === source.key,
      );
      const needs: string[] = [];
      for (const [dataset, needed] of picturesNeeded(own, datasets)) {
        const ids = needed.pieces(TASK_PICTURES).map((groups, piece, all) => {
          const id = `features ${backbone.name} ${source.key} ${dataset} ${piece + 1}`;
          const count = groups.reduce((sum, { indices }) => sum + indices.length, 0);
          tasks.push({
            id,
            needs: [],
            cost: count * COST.picture,
            cells: 0,
            label: `${dataset} · pictures, part ${piece + 1} of ${all.length}`,
            payload: { kind: 'features', place: where, dataset, groups },
          });
          return id;
        });
        needs.push(...ids);
      }
      const ordered = own
        .map((planned) => ({ planned, cost: cellCost(planned.cell, source.classNames.length) }))
        .sort((a, b) => b.cost - a.cost);
      for (const { planned, cost } of ordered) {
        tasks.push({
          id: planned.key,
          needs,
          cost,
          cells: 1,
          label: cellLabel(planned.cell),
          payload: { kind: 'cell', place: where, ...planned },
        });
      }
    }
  }
  return tasks;
}
