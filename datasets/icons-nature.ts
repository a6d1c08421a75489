import { iconDataset } from './icons/load-icon-dataset.ts';

/** Weather, sky, plants and animals. */
export const ICONS_NATURE = iconDataset({
  key: 'icons_nature',
  title: 'Nature',
  // Mirroring keeps the classes: nothing in it has a side.
  mirrors: true,
  targetOf: null,
  note: null,
});
