import { methodTitle, type PlannedCell } from '../config/index.ts';
import { type Dataset, type Datum, drawFewShot } from '../data/index.ts';
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

/** Which pictures, under which views, the cells of one dataset read. */
class Needed {
  readonly #views = new Map<string, { split: SplitName; view: number; indices: Set<number> }>();

  add(split: SplitName, view: number, indices: Iterable<number>): void {
    const name = `${split} ${view}`;
    const group = this.#views.get(name) ?? { split, view, indices: new Set() };
    this.#views.set(name, group);
    for (const i of indices) group.indices.add(i);
  }

  /** Everything, in pieces of at most `size` pictures. */
  pieces(size: number): PictureGroup[][] {
    const pieces: PictureGroup[][] = [];
    let room = 0;
    for (const { split, view, indices } of this.#views.values()) {
      const sorted = [...indices].sort((a, b) => a - b);
      for (let start = 0; start < sorted.length; ) {
        if (room === 0) {
          pieces.push([]);
          room = size;
        }
        const taken = sorted.slice(start, start + room);
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
    const known = needed.get(key) ?? new Needed();
    needed.set(key, known);
    return known;
  };
  const positions = new Map<Dataset, Map<Datum, number>>();
  const indexIn = (dataset: Dataset, data: readonly Datum[]): number[] => {
    let index = positions.get(dataset);
    if (index === undefined) {
      index = new Map([...dataset.train.entries(), ...dataset.val.entries()].map(([i, datum]) => [datum, i]));
      positions.set(dataset, index);
    }
    return data.map((datum) => index.get(datum) as number);
  };
  for (const { cell } of cells) {
    for (const target of cell.targets) {
      const count = datasets.get(target.key)!.test.length;
      of(target.key).add('test', TEST_VIEW, testSubset(range(count), cell.limit));
    }
    if (cell.seed === null) continue;
    const dataset = datasets.get(cell.dataset.key)!;
    const draw = drawFewShot(dataset, cell.shots, cell.seed);
    if (cell.method.kind === 'linear_probe') {
      of(dataset.key).add('train', TEST_VIEW, indexIn(dataset, draw.train));
      of(dataset.key).add('val', TEST_VIEW, indexIn(dataset, draw.val));
    } else if (cell.method.kind === 'coop' && cell.method.views !== 'fresh') {
      for (const view of range(cell.method.views))
        of(dataset.key).add('train', view, indexIn(dataset, draw.train));
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
