import { iconDataset } from './icons/load-icon-dataset.ts';

/** Coloured drawings with their own palettes. */
export const ICONS_COLOUR = iconDataset({
  key: 'icons_colour',
  title: 'Colour icons',
  // Mirroring breaks the classes: as the source.
  mirrors: false,
  targetOf: 'icons',
  note: 'covers the classes of `icons` that its sets draw; scored over these',
});
