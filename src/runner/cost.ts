import type { Dataset } from '../data/index.ts';
import type { Work } from '../methods/index.ts';
import type { ModelSize } from './task-size.ts';

/** Operations a millisecond of the core that `OVERHEAD` was measured on. */
const MEASURED_RATE = 8.5e7;

/** What stands beside the counted products, in milliseconds on one core; docs/speed.md says how well it fits. */
const OVERHEAD = {
  /** Draw, scores and record of a cell. */
  cell: 20,
  /** A call of the engine, its many small operations, once for all cells that are trained together. */
  call: 0.9,
  /** What a cell does around a call: its batch, its optimiser. */
  step: 0.9,
  /** Compiling a graph over the text tower, and as much again for every weight. */
  textGraph: 30,
  textGraphWeight: 5e-6,
  /** A number that JavaScript walks through. */
  number: 1.5e-6,
  /** Drawing an icon. */
  icon: 0.4,
  /** Reading, decoding and resizing a photograph. */
  photograph: 3,
} as const;

/** What milliseconds are reckoned from. */
export interface CostBasis {
  readonly model: ModelSize;
  /** What the pictures that are trained on are made of. */
  readonly dataset: Dataset;
  /** Floating-point operations a millisecond. */
  readonly rate: number;
}

/** A core that multiplies more slowly, or is shared, is slower in all; a GPU's speed helps products only. */
const slowness = (rate: number): number => Math.max(1, MEASURED_RATE / rate);

/** Milliseconds from a picture to its feature, about. */
export function pictureMilliseconds({ model, dataset, rate }: CostBasis): number {
  const icon = dataset.test[0]?.picture.kind === 'icon';
  return model.pictureFlops / rate + (icon ? OVERHEAD.icon : OVERHEAD.photograph) * slowness(rate);
}

function textWeights({ text: { layers, width, mlpWidth } }: ModelSize): number {
  return layers * (4 * width ** 2 + 2 * width * mlpWidth);
}

/** Milliseconds of one worker for cells that are computed together, about. @param works One a cell. */
export function groupMilliseconds(works: readonly Work[], basis: CostBasis): number {
  const graph = OVERHEAD.textGraph + textWeights(basis.model) * OVERHEAD.textGraphWeight;
  const picture = pictureMilliseconds(basis);
  const products = works.map(
    ({ flops, reached = 1, freshPictures }) => flops / (basis.rate * reached) + freshPictures * picture,
  );
  const beside = works.map(
    ({ calls, numbers }) => OVERHEAD.cell + calls * OVERHEAD.step + numbers * OVERHEAD.number,
  );
  const shared = works.map(({ calls, textGraphs }) => calls * OVERHEAD.call + textGraphs * graph);
  return sumOf(products) + slowness(basis.rate) * (sumOf(beside) + Math.max(0, ...shared));
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, of) => sum + of, 0);
