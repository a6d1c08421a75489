import type { DatasetAdapter } from './adapter.ts';
import { CALTECH101 } from './caltech101.ts';
import { DTD } from './dtd.ts';
import { EUROSAT } from './eurosat.ts';
import { FGVC_AIRCRAFT } from './fgvc-aircraft.ts';
import { FOOD101 } from './food101.ts';
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
import { IMAGENET } from './imagenet.ts';
import { IMAGENET_A } from './imagenet-a.ts';
import { IMAGENET_R } from './imagenet-r.ts';
import { IMAGENET_SKETCH } from './imagenet-sketch.ts';
import { IMAGENETV2 } from './imagenetv2.ts';
import { OXFORD_FLOWERS } from './oxford-flowers.ts';
import { OXFORD_PETS } from './oxford-pets.ts';
import { STANFORD_CARS } from './stanford-cars.ts';
import { SUN397 } from './sun397.ts';
import { UCF101 } from './ucf101.ts';

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
  imagenet: IMAGENET,
  caltech101: CALTECH101,
  oxford_pets: OXFORD_PETS,
  stanford_cars: STANFORD_CARS,
  oxford_flowers: OXFORD_FLOWERS,
  food101: FOOD101,
  fgvc_aircraft: FGVC_AIRCRAFT,
  sun397: SUN397,
  dtd: DTD,
  eurosat: EUROSAT,
  ucf101: UCF101,
  imagenetv2: IMAGENETV2,
  imagenet_sketch: IMAGENET_SKETCH,
  imagenet_a: IMAGENET_A,
  imagenet_r: IMAGENET_R,
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

/** The eleven sets of the paper, in the order of its tables. */
export const PAPER_SETS = [
  'imagenet',
  'caltech101',
  'oxford_pets',
  'stanford_cars',
  'oxford_flowers',
  'food101',
  'fgvc_aircraft',
  'sun397',
  'dtd',
  'eurosat',
  'ucf101',
] as const satisfies readonly DatasetKey[];

/** The four variants of ImageNet: targets of `imagenet`. */
export const IMAGENET_SHIFTS = [
  'imagenetv2',
  'imagenet_sketch',
  'imagenet_a',
  'imagenet_r',
] as const satisfies readonly DatasetKey[];
