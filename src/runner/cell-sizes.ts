import { Tokenizer } from '../clip/index.ts';
import type { PlannedCell } from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import { methodOf, type TaskSize, type Work } from '../methods/index.ts';
import type { Backbone } from './experiment.ts';
import type { DrawOf } from './picture-needs.ts';
import { taskSize } from './task-size.ts';

/** The sizes of cells on one backbone, for counting. */
export function cellSizes(
  { size }: Pick<Backbone, 'size'>,
  sources: readonly Dataset[],
  drawOf: DrawOf,
): (planned: PlannedCell) => TaskSize {
  const tokenizer = new Tokenizer(size.text.vocabSize);
  const byKey = new Map(sources.map((dataset) => [dataset.key, dataset]));
  return ({
    cell: {
      dataset: { key },
      shots,
      seed,
    },
  }) => {
    const dataset = byKey.get(key)!;
    const draw = seed === null ? { train: [], val: [] } : drawOf(dataset, shots, seed);
    return taskSize(size, tokenizer, dataset, draw);
  };
}

/** What cells take, counted. */
export function worksOf(cells: readonly PlannedCell[], sizeOf: (planned: PlannedCell) => TaskSize): Work[] {
  return cells.map((planned) => {
    const { method } = planned.cell;
    return methodOf(method).work(method, sizeOf(planned));
  });
}
