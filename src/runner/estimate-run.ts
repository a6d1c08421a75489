import type { PlannedCell } from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import { type CellGroup, planGroups } from './cell-groups.ts';
import { cellSizes, worksOf } from './cell-sizes.ts';
import { groupMilliseconds, pictureMilliseconds } from './cost.ts';
import { datasetsOf, type Experiment, planStudy } from './experiment.ts';
import { type DrawOf, picturesNeeded, rememberedDraws } from './picture-needs.ts';
import type { Rates } from './rates.ts';

/** What one set costs on one backbone, all methods, from nothing. */
export interface SetCost {
  readonly dataset: string;
  readonly backbone: string;
  readonly cells: number;
  /** Milliseconds of one worker. */
  readonly workMs: number;
  /** Those of its longest task, which no number of workers makes shorter. */
  readonly longestMs: number;
}

/** What a study adds to those before it: what they share counts once. */
interface StudyCost {
  readonly study: string;
  readonly cells: number;
  /** Milliseconds of one worker. */
  readonly workMs: number;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, of) => sum + of, 0);
const workOf = (sets: readonly SetCost[]): number => sumOf(sets.map(({ workMs }) => workMs));

/** Milliseconds that workers take for some sets together. */
export function spanMilliseconds(sets: readonly SetCost[], workers: number): number {
  return Math.max(workOf(sets) / workers, ...sets.map(({ longestMs }) => longestMs));
}

/** @param groups All of one source on one backbone; at least one. */
function setCost(
  groups: readonly CellGroup[],
  datasets: ReadonlyMap<string, Dataset>,
  drawOf: DrawOf,
  rates: Rates,
): SetCost {
  const [{ backbone, source }] = groups as [CellGroup];
  const cells = groups.flatMap((group) => group.cells);
  const basisOf = (dataset: Dataset) => ({ model: backbone.size, dataset, rates });
  // A view of a picture is encoded once for all cells.
  const pictures = [...picturesNeeded(cells, datasets, drawOf)].map(
    ([key, { count }]) => count * pictureMilliseconds(basisOf(datasets.get(key)!)),
  );
  const sizeOf = cellSizes(backbone, [source], drawOf);
  const fits = groups.map((group) => groupMilliseconds(worksOf(group.cells, sizeOf), basisOf(source)));
  return {
    dataset: source.key,
    backbone: backbone.name,
    cells: cells.length,
    workMs: sumOf(pictures) + sumOf(fits),
    longestMs: Math.max(...fits),
  };
}

/** What an experiment costs, about: its counted work over what one worker reaches, and what stands beside it. */
export function estimateRun(
  experiment: Experiment,
  rates: Rates,
): { readonly sets: readonly SetCost[]; readonly studies: readonly StudyCost[] } {
  const { sources, targets } = datasetsOf(experiment);
  const datasets = new Map([...targets, ...sources].map((dataset) => [dataset.key, dataset]));
  const drawOf = rememberedDraws();
  const costsOf = (cells: readonly PlannedCell[]): SetCost[] => {
    const bySet = new Map<string, CellGroup[]>();
    for (const group of planGroups(experiment, cells, drawOf)) {
      const name = `${group.backbone.sha256} ${group.source.key}`;
      bySet.set(name, [...(bySet.get(name) ?? []), group]);
    }
    return [...bySet.values()].map((groups) => setCost(groups, datasets, drawOf, rates));
  };
  const cells = new Map<string, PlannedCell>();
  const studies: StudyCost[] = [];
  let sets: SetCost[] = [];
  for (const grid of experiment.grids) {
    const [cellsBefore, workBefore] = [cells.size, workOf(sets)];
    for (const planned of planStudy(experiment, grid)) cells.set(planned.key, planned);
    sets = costsOf([...cells.values()]);
    studies.push({
      study: grid.study.key,
      cells: cells.size - cellsBefore,
      workMs: workOf(sets) - workBefore,
    });
  }
  return { sets, studies };
}
