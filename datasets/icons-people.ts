import { iconDataset } from './icons/load-icon-dataset.ts';

/** People, faces and hands. */
export const ICONS_PEOPLE = iconDataset({
  key: 'icons_people',
  title: 'People',
  // Mirroring keeps the classes: a face or a hand is the same mirrored.
  mirrors: true,
  targetOf: null,
  note: null,
});
