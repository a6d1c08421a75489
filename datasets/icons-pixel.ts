import { iconDataset } from './icons/load-icon-dataset.ts';

/** Pixel art: the same concepts on a coarse grid. */
export const ICONS_PIXEL = iconDataset({
  key: 'icons_pixel',
  title: 'Pixel icons',
  // Mirroring breaks the classes: as the source.
  mirrors: false,
  targetOf: 'icons',
  note: 'covers the classes of `icons` that its sets draw; scored over these',
});
