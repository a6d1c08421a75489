import { iconDataset } from './icons/load-icon-dataset.ts';

/** Emoji: coloured, shaded, named after Unicode's characters. */
export const ICONS_EMOJI = iconDataset({
  key: 'icons_emoji',
  title: 'Emoji',
  // Mirroring breaks the classes: as the source.
  mirrors: false,
  targetOf: 'icons',
  note: 'covers the classes of `icons` that have an emoji; scored over these',
});
