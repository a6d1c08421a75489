import { iconDataset } from './icons/load-icon-dataset.ts';

/** Logos. */
export const ICONS_BRANDS = iconDataset({
  key: 'icons_brands',
  title: 'Brands',
  // Mirroring breaks the classes: logos hold letters, and nobody draws them mirrored.
  mirrors: false,
  targetOf: null,
  note: 'a logo is one design, whoever draws it: what differs is outline, weight and frame. Drawings nearly equal to one on another side are left out, but these classes are easier to tell from few shots than others',
});
