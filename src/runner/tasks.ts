import type { PlannedCell } from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import { methodTitle } from '../methods/index.ts';
import type { CellGroup } from './cell-groups.ts';
import { cellSizes, worksOf } from './cell-sizes.ts';
import { groupMilliseconds, pictureMilliseconds } from './cost.ts';
import { type Backbone, datasetsOf, type Experiment, type GridDatasets } from './experiment.ts';
import type { Job, JobPlace } from './job.ts';
import { type DrawOf, picturesNeeded } from './picture-needs.ts';
import type { ProgressTask } from './progress-state.ts';
import type { Rates } from './rates.ts';
import type { Task } from './task.ts';

/** A task of the pool with what a display shows of it. */
export type PlannedTask = Task<Job> & ProgressTask;

/** Pictures of one features task: a second or so of work on the tiny model. */
const TASK_PICTURES = 512;

/** A core, roughly: only proportions matter here, for the order and the time left. */
const ROUGH_RATES: Rates = { multiply: 7e7, pass: 4e5 };

/** The words for a cell in a progress display. */
export function cellLabel({ dataset, method, shots, seed, backbone }: PlannedCell['cell']): string {
  const draw = seed === null ? [] : [`${shots} shot${shots === 1 ? '' : 's'}`, `seed ${seed}`];
  return [dataset.key, backbone.name, methodTitle(method.key), ...draw].join(' · ');
}

/** The words for cells that are computed together. */
function groupLabel(cells: readonly PlannedCell[]): string {
  const [first] = cells as [PlannedCell];
  return cells.length === 1
    ? cellLabel(first.cell)
    : `${cellLabel({ ...first.cell, seed: null })} · ${cells.length} cells together`;
}

/** Tasks that encode the pictures of one source and its targets. */
function featureTasks(
  source: Dataset,
  cells: readonly PlannedCell[],
  backbone: Backbone,
  where: JobPlace,
  datasets: ReadonlyMap<string, Dataset>,
  drawOf: DrawOf,
): PlannedTask[] {
  return [...picturesNeeded(cells, datasets, drawOf)].flatMap(([key, needed]) => {
    const basis = { model: backbone.size, dataset: datasets.get(key)!, rates: ROUGH_RATES };
    return needed.pieces(TASK_PICTURES).map(
      (groups, piece, all): PlannedTask => ({
        id: `features ${backbone.name} ${source.key} ${key} ${piece + 1}`,
        needs: [],
        cost: groups.reduce((sum, { indices }) => sum + indices.length, 0) * pictureMilliseconds(basis),
        cells: 0,
        label: `${key} · pictures, part ${piece + 1} of ${all.length}`,
        payload: { kind: 'features', place: where, dataset: key, groups },
      }),
    );
  });
}

/** What the cells of a task cost, about, for the order of tasks and the time left. */
function costs(
  { size }: Backbone,
  dataset: Dataset,
  drawOf: DrawOf,
): (cells: readonly PlannedCell[]) => number {
  const sizeOf = cellSizes({ size }, [dataset], drawOf);
  return (cells) => groupMilliseconds(worksOf(cells, sizeOf), { model: size, dataset, rates: ROUGH_RATES });
}

/** Tasks in the order of their cost; equal ones in the order given. */
const largestFirst = <T extends { readonly cost: number }>(tasks: readonly T[]): T[] =>
  tasks.toSorted((a, b) => b.cost - a.cost);

/** Tasks of one dataset and backbone: its pictures, then its cells, largest first. */
interface Block {
  readonly tasks: readonly PlannedTask[];
  /** Of its largest cell. */
  readonly cost: number;
}

/**
 * The tasks that compute what is wanted: for each dataset first its features, in pieces, then its cells, longest
 * first; and datasets in the order of their longest cells, so that no long one is begun when all others are done. A
 * dataset stays together because a worker keeps what it has compiled for it. Pieces are fixed by the groups, so the
 * same groups give the same pieces.
 *
 * @param groups Those with something to do, with all their cells. @param wanted Keys of the cells that are left to do.
 */
export function planTasks(
  experiment: Pick<Experiment, 'backbones'> & { readonly grids: readonly GridDatasets[] },
  groups: readonly CellGroup[],
  wanted: ReadonlySet<string>,
  place: (backbone: Backbone) => JobPlace,
  drawOf: DrawOf,
): PlannedTask[] {
  const { sources, targets } = datasetsOf(experiment);
  const datasets = new Map([...targets, ...sources].map((dataset) => [dataset.key, dataset]));
  const blockOf = (backbone: Backbone, where: JobPlace, source: Dataset): Block => {
    const own = groups.filter((group) => group.backbone === backbone && group.source.key === source.key);
    const cells = own.flatMap((group) => group.cells);
    const features = featureTasks(source, cells, backbone, where, datasets, drawOf);
    const needs = features.map(({ id }) => id);
    const costOf = costs(backbone, source, drawOf);
    const fits = own.map(({ cells: members }): PlannedTask => {
      const keys = members.map(({ key }) => key).filter((key) => wanted.has(key));
      return {
        id: keys[0]!,
        needs,
        cost: costOf(members),
        cells: keys.length,
        label: groupLabel(members),
        payload: { kind: 'cells', place: where, cells: members, wanted: keys },
      };
    });
    const ordered = largestFirst(fits);
    return { tasks: [...features, ...ordered], cost: ordered[0]?.cost ?? 0 };
  };
  const backbones = experiment.backbones.map((backbone): Block => {
    const where = place(backbone);
    const blocks = largestFirst(sources.map((source) => blockOf(backbone, where, source)));
    return { tasks: blocks.flatMap(({ tasks }) => tasks), cost: blocks[0]?.cost ?? 0 };
  });
  return largestFirst(backbones).flatMap(({ tasks }) => tasks);
}
