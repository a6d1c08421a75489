import { iconDataset } from './icons/load-icon-dataset.ts';

/** Buildings, vehicles and travel. */
export const ICONS_PLACES = iconDataset({
  key: 'icons_places',
  title: 'Places',
  // Mirroring keeps the classes: a building or a vehicle is the same seen from its other side.
  mirrors: true,
  targetOf: null,
  note: null,
});
