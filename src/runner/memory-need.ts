import type { PlannedCell } from '../config/index.ts';
import { type Dataset, KEPT_PICTURE_BYTES } from '../data/index.ts';
import { methodOf, type TaskSize } from '../methods/index.ts';
import type { CellGroup } from './cell-groups.ts';
import { cellSizes } from './cell-sizes.ts';
import type { Backbone } from './experiment.ts';
import type { DrawOf } from './picture-needs.ts';

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Measured on runs of one and two workers; docs/running.md says how. Bytes. */
const MEASURED = {
  /** A thread with Node, its packages, datasets and what a small engine holds. */
  worker: 220e6,
  /** Copies of the image tower's weights that encoding holds, and of the text tower's that training does. */
  imageCopies: 2,
  textCopies: 5.5,
  /** Numbers kept for each row and width of the text tower in a layer, until its gradient is there. */
  rowNumbers: 15,
  /** Rows of a step at most: more are done in chunks. */
  mostRows: 2048,
  /** Activations of a batch of pictures, for each operation of one picture. */
  picture: 0.015,
  /** Weights, their gradients and velocities, and activations of a batch, where the image tower itself is trained. */
  tunedCopies: 6,
  tunedActivations: 1.2e9,
} as const;

/** Taken by a worker that computes nothing yet, and by the pictures it keeps. */
const STANDING_BYTES = MEASURED.worker + KEPT_PICTURE_BYTES;

/** Weights of the text tower's blocks, and of its token embedding. */
function textWeights({ size: { text } }: Backbone): { readonly blocks: number; readonly embedding: number } {
  const { layers, width, mlpWidth, vocabSize, contextLength } = text;
  const blocks = layers * (4 * width ** 2 + 2 * width * mlpWidth);
  return { blocks, embedding: (vocabSize + contextLength) * width };
}

/** Rows of the text tower that one call of a fit computes, from its counted operations. */
function rowsOf(planned: PlannedCell, sizeOf: (planned: PlannedCell) => TaskSize, blocks: number): number {
  const { method } = planned.cell;
  const { flops, calls } = methodOf(method).work(method, sizeOf(planned));
  // Forward and back: four operations a weight and row.
  return calls === 0 ? 0 : flops / calls / (4 * blocks);
}

/** The most memory a group of cells takes beside the weights, in bytes. */
function fitBytes(
  { backbone, cells }: CellGroup,
  sizeOf: (planned: PlannedCell) => TaskSize,
  blocks: number,
): { readonly activations: number; readonly textCopies: number; readonly tuned: boolean } {
  const { layers, width } = backbone.size.text;
  const methods = cells.map(({ cell: { method } }) => ({ method, kind: methodOf(method) }));
  // Only such a method learns something of the image tower.
  const tuned = methods.some(({ method, kind }) => !kind.reads(method).test);
  const trains = cells.filter(({ cell: { method } }) => methodOf(method).learnsPrompt === true);
  const rows = trains.reduce((sum, planned) => sum + rowsOf(planned, sizeOf, blocks), 0);
  const activations = Math.min(rows, MEASURED.mostRows) * width * layers * MEASURED.rowNumbers * FLOAT_BYTES;
  return { activations, textCopies: trains.length > 0 ? MEASURED.textCopies : 1, tuned };
}

/**
 * Memory that one worker takes at its peak, bytes, about: what stays, the model's weights in the copies that its
 * programs make, and the activations of its largest fit.
 */
export function workerMemory(
  groups: readonly CellGroup[],
  sources: readonly Dataset[],
  drawOf: DrawOf,
): number {
  const backbones = [...new Set(groups.map(({ backbone }) => backbone))];
  return Math.max(
    STANDING_BYTES,
    ...backbones.map((backbone) => {
      const sizeOf = cellSizes(backbone, sources, drawOf);
      const { blocks, embedding } = textWeights(backbone);
      const fits = groups
        .filter((group) => group.backbone === backbone)
        .map((group) => fitBytes(group, sizeOf, blocks));
      const tuned = fits.some((fit) => fit.tuned);
      const textCopies = Math.max(...fits.map((fit) => fit.textCopies));
      const activations = Math.max(...fits.map((fit) => fit.activations));
      const image = backbone.imageWeights * (tuned ? MEASURED.tunedCopies : MEASURED.imageCopies);
      const weights = (blocks * textCopies + embedding + image) * FLOAT_BYTES;
      const pictures =
        backbone.size.pictureFlops * MEASURED.picture + (tuned ? MEASURED.tunedActivations : 0);
      return STANDING_BYTES + weights + activations + pictures;
    }),
  );
}
