import { nearNames, UserError } from '../../config/index.ts';
import { coopStepMeasure } from './coop-step.ts';
import { listingMeasure } from './listing.ts';
import { runnerOverheadMeasure, runnerScalingMeasure } from './overhead.ts';
import { decodeResizeMeasure, encodeMeasure, picturesMeasure } from './pictures.ts';
import { linearProbeMeasure } from './probe.ts';
import type { Measure } from './workload.ts';

const SMALL_TREE = { folders: 200, files: 200_000 } as const;
/** As large as ImageNet's training pictures. */
const IMAGENET_TREE = { folders: 1000, files: 1_281_167 } as const;

/** Every measure by name, in the order they are taken. */
export const MEASURES = {
  'coop-step-10': coopStepMeasure(10, 'end'),
  'coop-step-37': coopStepMeasure(37, 'end'),
  'coop-step-100': coopStepMeasure(100, 'end'),
  'coop-step-397': coopStepMeasure(397, 'end'),
  'coop-step-1000': coopStepMeasure(1000, 'end'),
  'coop-step-10-middle': coopStepMeasure(10, 'middle'),
  'coop-step-37-middle': coopStepMeasure(37, 'middle'),
  'coop-step-100-middle': coopStepMeasure(100, 'middle'),
  'coop-step-397-middle': coopStepMeasure(397, 'middle'),
  'coop-step-1000-middle': coopStepMeasure(1000, 'middle'),
  'coop-step-10-csc': coopStepMeasure(10, 'csc'),
  'coop-step-37-csc': coopStepMeasure(37, 'csc'),
  'coop-step-100-csc': coopStepMeasure(100, 'csc'),
  'coop-step-397-csc': coopStepMeasure(397, 'csc'),
  'coop-step-1000-csc': coopStepMeasure(1000, 'csc'),
  'encode-rn50': encodeMeasure('rn50'),
  'encode-vit-b32': encodeMeasure('vit-b32'),
  'pictures-rn50': picturesMeasure('rn50'),
  'pictures-vit-b32': picturesMeasure('vit-b32'),
  'linear-probe': linearProbeMeasure,
  'decode-resize': decodeResizeMeasure,
  // Half a grid of the icon suite's small cells.
  'runner-overhead': runnerOverheadMeasure({ perWorker: 60, milliseconds: 250 }),
  'runner-overhead-5000': runnerOverheadMeasure({ perWorker: 5000, milliseconds: 100 }),
  'runner-scaling': runnerScalingMeasure({ perWorker: 600, milliseconds: 100 }),
  'list-200000': listingMeasure(SMALL_TREE, 'disk'),
  'list-200000-cached': listingMeasure(SMALL_TREE, 'cache'),
  'list-1281167': listingMeasure(IMAGENET_TREE, 'disk'),
  'list-1281167-cached': listingMeasure(IMAGENET_TREE, 'cache'),
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as readonly MeasureName[];

/**
 * What is measured unless names are given: all but steps of other positions at sizes that tell nothing new, and
 * listings, which write as many files as they are named after; nor what takes minutes to say how a grid scales.
 */
export const USUAL_MEASURES = MEASURE_NAMES.filter(
  (name) => !/^(coop-step-(10|397|1000)|list|runner-overhead)-|^runner-scaling$/.test(name),
);

const isMeasureName = (name: string): name is MeasureName => Object.hasOwn(MEASURES, name);

/** The measures of these names, in the table's order. @throws {UserError} UNKNOWN_MEASURE, with near names. */
export function checkMeasureNames(names: readonly string[]): MeasureName[] {
  for (const name of names) {
    if (isMeasureName(name)) continue;
    const near = nearNames(name, MEASURE_NAMES);
    throw new UserError('UNKNOWN_MEASURE', {
      where: `--only ${name}`,
      expected: `some of ${MEASURE_NAMES.join(', ')}`,
      ...(near.length > 0 ? { hint: `did you mean ${near.join(' or ')}?` } : {}),
    });
  }
  return MEASURE_NAMES.filter((name) => names.includes(name));
}
