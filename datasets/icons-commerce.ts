import { iconDataset } from './icons/load-icon-dataset.ts';

/** Shops, money and charts. */
export const ICONS_COMMERCE = iconDataset({
  key: 'icons_commerce',
  title: 'Commerce',
  // Mirroring breaks the classes: a mirrored sign of a currency is none, and charts and `percent` have a direction.
  mirrors: false,
  targetOf: null,
  note: null,
});
