import { canonicalJson, type PlannedCell } from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import { methodOf, type TaskSize } from '../methods/index.ts';
import { cellSizes } from './cell-sizes.ts';
import { type Backbone, datasetsOf, type Experiment } from './experiment.ts';
import type { DrawOf } from './picture-needs.ts';

/** Cells that are computed in one task: one, or several that are fitted in one graph. */
export interface CellGroup {
  readonly backbone: Backbone;
  readonly source: Dataset;
  readonly cells: readonly PlannedCell[];
}

/**
 * Puts cells that are fitted in one graph together: cells of one dataset, backbone and targets whose method says they
 * have one shape, as many at a time as it says. A function of the plan alone: what is left to do plays no part, so a
 * run that was killed has the same groups as one that was not.
 *
 * @param cells The whole plan's, of one source and backbone.
 * @returns Every cell once, in the order of first appearance.
 */
export function groupCells(
  cells: readonly PlannedCell[],
  sizeOf: (planned: PlannedCell) => TaskSize,
): PlannedCell[][] {
  const groups: PlannedCell[][] = [];
  const open = new Map<string, PlannedCell[]>();
  for (const planned of cells) {
    const { method, targets, limit, dataset, backbone } = planned.cell;
    const { together } = methodOf(method);
    const group = together?.group(method, sizeOf(planned)) ?? null;
    if (group === null || group.most < 2) {
      groups.push([planned]);
      continue;
    }
    const name = `${group.shape} ${canonicalJson([method.kind, dataset, backbone, targets, limit])}`;
    const known = open.get(name);
    if (known !== undefined && known.length < group.most) known.push(planned);
    else {
      const started = [planned];
      groups.push(started);
      open.set(name, started);
    }
  }
  return groups;
}

/** The groups of a whole plan, backbone by backbone and dataset by dataset. */
export function planGroups(
  experiment: Experiment,
  cells: readonly PlannedCell[],
  drawOf: DrawOf,
): CellGroup[] {
  const { sources } = datasetsOf(experiment);
  return experiment.backbones.flatMap((backbone) => {
    const sizeOf = cellSizes(backbone, sources, drawOf);
    return sources.flatMap((source) => {
      const own = cells.filter(
        ({ cell }) => cell.backbone.sha256 === backbone.sha256 && cell.dataset.key === source.key,
      );
      return groupCells(own, sizeOf).map((members) => ({ backbone, source, cells: members }));
    });
  });
}
