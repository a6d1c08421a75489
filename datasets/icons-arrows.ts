import { iconDataset } from './icons/load-icon-dataset.ts';

/** Arrows, chevrons, carets and signs of direction. */
export const ICONS_ARROWS = iconDataset({
  key: 'icons_arrows',
  title: 'Arrows',
  // Mirroring breaks the classes: most classes are a direction.
  mirrors: false,
  targetOf: null,
  note: null,
});
