import { nearNames, UserError } from '../src/config/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { DatasetAdapter, LoadOptions } from './adapter.ts';
import { ICONS } from './icons.ts';
import { ICONS_ARROWS } from './icons-arrows.ts';
import { ICONS_BRANDS } from './icons-brands.ts';
import { ICONS_COLOUR } from './icons-colour.ts';
import { ICONS_COMMERCE } from './icons-commerce.ts';
import { ICONS_DEVICES } from './icons-devices.ts';
import { ICONS_EMOJI } from './icons-emoji.ts';
import { ICONS_FILES } from './icons-files.ts';
import { ICONS_HAND } from './icons-hand.ts';
import { ICONS_MEDIA } from './icons-media.ts';
import { ICONS_NATURE } from './icons-nature.ts';
import { ICONS_PEOPLE } from './icons-people.ts';
import { ICONS_PIXEL } from './icons-pixel.ts';
import { ICONS_PLACES } from './icons-places.ts';
import { ICONS_TEXT } from './icons-text.ts';

export type { DatasetAdapter, LoadOptions } from './adapter.ts';
export type { FingerprintInput } from './fingerprint.ts';
export { fingerprintOf } from './fingerprint.ts';

/** Every dataset by its key: one entry, one adapter file. */
export const DATASETS = {
  icons: ICONS,
  icons_arrows: ICONS_ARROWS,
  icons_media: ICONS_MEDIA,
  icons_text: ICONS_TEXT,
  icons_files: ICONS_FILES,
  icons_devices: ICONS_DEVICES,
  icons_commerce: ICONS_COMMERCE,
  icons_brands: ICONS_BRANDS,
  icons_places: ICONS_PLACES,
  icons_nature: ICONS_NATURE,
  icons_people: ICONS_PEOPLE,
  icons_pixel: ICONS_PIXEL,
  icons_hand: ICONS_HAND,
  icons_colour: ICONS_COLOUR,
  icons_emoji: ICONS_EMOJI,
} as const satisfies { readonly [key: string]: DatasetAdapter };

/** Key of a known dataset. */
export type DatasetKey = keyof typeof DATASETS;

/** The eleven sets of the embedded suite, in the order of reports; the general one first. */
export const ICON_SUITE = [
  'icons',
  'icons_arrows',
  'icons_media',
  'icons_text',
  'icons_files',
  'icons_devices',
  'icons_commerce',
  'icons_brands',
  'icons_places',
  'icons_nature',
  'icons_people',
] as const satisfies readonly DatasetKey[];

/** The four shifted styles of the suite: targets of `icons`. */
export const ICON_SHIFTS = [
  'icons_pixel',
  'icons_hand',
  'icons_colour',
  'icons_emoji',
] as const satisfies readonly DatasetKey[];

/**
 * The adapter of a dataset.
 *
 * @throws {UserError} UNKNOWN_DATASET, with near names.
 */
export function datasetAdapter(key: string): DatasetAdapter {
  if (Object.hasOwn(DATASETS, key)) return DATASETS[key as DatasetKey];
  const keys = Object.keys(DATASETS);
  const near = nearNames(key, keys);
  throw new UserError('UNKNOWN_DATASET', {
    where: `dataset '${key}'`,
    expected: `one of ${keys.join(', ')}`,
    found: 'a name that is not known',
    hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'coop-bench datasets list shows them all',
  });
}

/**
 * Reads a dataset's class list and split; pictures are opened later, one by one. The suite takes a few milliseconds.
 *
 * @throws {UserError} UNKNOWN_DATASET, with near names; and what its adapter throws.
 */
export async function loadDataset(key: string, options: LoadOptions = { dataRoot: null }): Promise<Dataset> {
  return datasetAdapter(key).load(options);
}

/**
 * The labels that occur among the test pictures, ascending. A target is scored over these classes only; for a
 * source they are all of its classes.
 */
export function coveredLabels(dataset: Dataset): number[] {
  return [...new Set(dataset.test.map(({ label }) => label))].sort((a, b) => a - b);
}
