import { Tokenizer } from '../clip/index.ts';
import type { PlannedCell } from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import type { TaskSize } from '../methods/index.ts';
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
