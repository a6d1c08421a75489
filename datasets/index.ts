import { nearNames, UserError } from '../src/config/index.ts';
import { type Dataset, halfOf } from '../src/data/index.ts';
import { type DatasetAdapter, EMBEDDED_ONLY, type LoadOptions } from './adapter.ts';
import { ownAdapter } from './own-dataset.ts';
import { DATASETS, type DatasetKey } from './registry.ts';

export {
  type DatasetAdapter,
  type DiskLayout,
  EMBEDDED_ONLY,
  type LoadOptions,
  type OwnSource,
  type PublishedCounts,
  SUBSAMPLES,
  type Subsample,
} from './adapter.ts';
export { inClassesOf } from './align.ts';
export type { FingerprintInput } from './fingerprint.ts';
export { fingerprintOf } from './fingerprint.ts';
export {
  DATASETS,
  type DatasetKey,
  ICON_SHIFTS,
  ICON_SUITE,
  IMAGENET_SHIFTS,
  PAPER_SETS,
} from './registry.ts';
export { type DatasetSurvey, surveyDataset } from './survey.ts';

/** Whether a name is a key of a known dataset. */
export function isDatasetKey(name: string): name is DatasetKey {
  return Object.hasOwn(DATASETS, name);
}

/**
 * The adapter of a dataset.
 *
 * @throws {UserError} UNKNOWN_DATASET, with near names.
 */
export function datasetAdapter(key: string): DatasetAdapter {
  if (isDatasetKey(key)) return DATASETS[key];
  const keys = Object.keys(DATASETS);
  const near = nearNames(key, keys);
  throw new UserError('UNKNOWN_DATASET', {
    where: `dataset '${key}'`,
    expected: `one of ${keys.join(', ')}; or the path of a folder, CSV or JSON Lines file of your own`,
    found: 'a name that is not known',
    hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'coop-bench datasets list shows them all',
  });
}

/**
 * Reads a dataset's class list and split; pictures are opened later, one by one. The suite takes a few milliseconds.
 *
 * @throws {UserError} UNKNOWN_DATASET, with near names; and what its adapter throws.
 */
export async function loadDataset(key: string, options: LoadOptions = EMBEDDED_ONLY): Promise<Dataset> {
  const own = Object.hasOwn(options.own, key) ? options.own[key] : undefined;
  const dataset =
    own === undefined ? await datasetAdapter(key).load(options) : await ownAdapter(key, own).load(options);
  return options.subsample === 'all' ? dataset : halfOf(dataset, options.subsample);
}

/**
 * The labels that occur among the test pictures, ascending. A target is scored over these classes only; for a
 * source they are all of its classes.
 */
export function coveredLabels(dataset: Dataset): number[] {
  return [...new Set(dataset.test.map(({ label }) => label))].sort((a, b) => a - b);
}
