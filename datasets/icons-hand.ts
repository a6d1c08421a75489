import { iconDataset } from './icons/load-icon-dataset.ts';

/** Drawn with a pencil's or a marker's stroke. */
export const ICONS_HAND = iconDataset({
  key: 'icons_hand',
  title: 'Hand-drawn icons',
  // Mirroring breaks the classes: as the source.
  mirrors: false,
  targetOf: 'icons',
  note: 'covers the classes of `icons` that its sets draw; scored over these',
});
