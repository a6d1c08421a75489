import type { Dataset } from '../data/index.ts';
import type { Work } from '../methods/index.ts';
import type { Rates } from './rates.ts';
import type { ModelSize } from './task-size.ts';

/** Numbers a millisecond of the core that `OVERHEAD` was measured on. */
const MEASURED_PASS = 9e5;

/**
 * Passes over a row of W numbers for a row's way through a layer and back, about: activations, normalisations, heads
 * put in order. Beside 48 · W² operations they weigh the more, the narrower a tower is.
 */
const PASSES = 60;

/** What stands beside the counted products, in milliseconds on one core; docs/speed.md says how well it fits. */
const OVERHEAD = {
  /** Draw, scores and record of a cell. */
  cell: 40,
  /** A call of the engine, its many small operations, once for all cells that are trained together. */
  call: 0.9,
  /** What a cell does around a call: its batch, its optimiser. */
  step: 0.9,
  /** Compiling a graph over the text tower, and as much again for every weight. */
  textGraph: 30,
  textGraphWeight: 5e-6,
  /** A number that JavaScript walks through. */
  number: 2.5e-6,
  /** Drawing an icon. */
  icon: 0.4,
  /** Reading, decoding and resizing a photograph. */
  photograph: 3,
} as const;

/** Share of the multiplication rate that the convolutions of an image tower reach, about. */
const ENCODING = 0.7;

/** What milliseconds are reckoned from. */
export interface CostBasis {
  readonly model: ModelSize;
  /** What the pictures that are trained on are made of. */
  readonly dataset: Dataset;
  readonly rates: Rates;
}

/** A core that is shared, or slower, is so in all; a GPU's speed helps its own work only. */
const slowness = ({ pass }: Rates): number => Math.max(1, MEASURED_PASS / pass);

/** Milliseconds from a picture to its feature, about. */
export function pictureMilliseconds({ model, dataset, rates }: CostBasis): number {
  const icon = dataset.test[0]?.picture.kind === 'icon';
  const drawn = icon ? OVERHEAD.icon : OVERHEAD.photograph;
  return model.pictureFlops / (rates.multiply * ENCODING) + drawn * slowness(rates);
}

function textWeights({ text: { layers, width, mlpWidth } }: ModelSize): number {
  return layers * (4 * width ** 2 + 2 * width * mlpWidth);
}

/** Milliseconds of one worker for cells that are computed together, about. @param works One a cell. */
export function groupMilliseconds(works: readonly Work[], basis: CostBasis): number {
  const { model, rates } = basis;
  const graph = OVERHEAD.textGraph + textWeights(model) * OVERHEAD.textGraphWeight;
  const picture = pictureMilliseconds(basis);
  const passed = PASSES / (48 * model.text.width * rates.pass);
  const products = works.map(
    ({ flops, reached = 1, freshPictures }) =>
      flops * (1 / (rates.multiply * reached) + passed) + freshPictures * picture,
  );
  const beside = works.map(
    ({ calls, numbers }) => OVERHEAD.cell + calls * OVERHEAD.step + numbers * OVERHEAD.number,
  );
  const shared = works.map(({ calls, textGraphs }) => calls * OVERHEAD.call + textGraphs * graph);
  return sumOf(products) + slowness(rates) * (sumOf(beside) + Math.max(0, ...shared));
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, of) => sum + of, 0);
