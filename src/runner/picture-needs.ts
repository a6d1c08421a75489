import type { PlannedCell } from '../config/index.ts';
import { type Dataset, type Datum, drawFewShot, type FewShotDraw } from '../data/index.ts';
import { methodOf } from '../methods/index.ts';
import type { PictureGroup, SplitName } from './job.ts';
import { testSubset } from './test-subset.ts';
import { TEST_VIEW } from './views.ts';

/** Draws of datasets, each made once: it costs a pass over the training pictures. */
export type DrawOf = (dataset: Dataset, shots: number, seed: number) => FewShotDraw;

export function rememberedDraws(): DrawOf {
  const draws = new Map<string, FewShotDraw>();
  return (dataset, shots, seed) => {
    const name = `${dataset.key} ${shots} ${seed}`;
    const draw = draws.get(name) ?? drawFewShot(dataset, shots, seed);
    draws.set(name, draw);
    return draw;
  };
}

/** Pictures whose views lie together: so many photographs are kept at a time. */
const BLOCK_PICTURES = 16;

/** Which pictures of one dataset, under which views, some cells read. */
export class Needed {
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

  /** Pictures to be encoded, each view counted. */
  get count(): number {
    return [...this.#views.values()].reduce((sum, { data }) => sum + data.size, 0);
  }

  /** Everything, in pieces of at most `size` pictures. Views of a picture lie near each other: it is read once. */
  pieces(size: number): PictureGroup[][] {
    const pieces: PictureGroup[][] = [];
    let room = 0;
    for (const { split, view, indices } of this.#blocks()) {
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

  /** A few pictures of a split under all their views, then the next few. */
  *#blocks(): Generator<PictureGroup> {
    const views = [...this.#views.values()];
    for (const split of new Set(views.map((of) => of.split))) {
      const own = views.filter((of) => of.split === split);
      // One pass over the list: a table of all of ImageNet's pictures would take more than the few that are wanted.
      const wanted: number[] = [];
      for (const [i, datum] of this.#dataset[split].entries()) {
        if (own.some(({ data }) => data.has(datum))) wanted.push(i);
      }
      for (let start = 0; start < wanted.length; start += BLOCK_PICTURES) {
        const block = wanted.slice(start, start + BLOCK_PICTURES);
        for (const { view, data } of own) {
          const indices = block.filter((i) => data.has(this.#dataset[split][i]!));
          if (indices.length > 0) yield { split, view, indices };
        }
      }
    }
  }
}

/** What the cells of one source and its targets need of each dataset, by its key. */
export function picturesNeeded(
  cells: readonly PlannedCell[],
  datasets: ReadonlyMap<string, Dataset>,
  drawOf: DrawOf,
): Map<string, Needed> {
  const needed = new Map<string, Needed>();
  const of = (key: string): Needed => {
    const known = needed.get(key) ?? new Needed(datasets.get(key)!);
    needed.set(key, known);
    return known;
  };
  for (const { cell } of cells) {
    const reads = methodOf(cell.method).reads(cell.method);
    if (reads.test) {
      for (const target of cell.targets) {
        of(target.key).add('test', TEST_VIEW, testSubset(datasets.get(target.key)!.test, cell.limit));
      }
    }
    if (cell.seed === null) continue;
    const dataset = datasets.get(cell.dataset.key)!;
    const own = of(dataset.key);
    const { train, val, valFrom } = drawOf(dataset, cell.shots, cell.seed);
    if (reads.train === 'test') own.add('train', TEST_VIEW, train);
    else for (let view = 0; view < (reads.train ?? 0); view++) own.add('train', view, train);
    if (reads.val === true) own.add(valFrom, TEST_VIEW, val);
  }
  return needed;
}
