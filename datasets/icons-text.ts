import { iconDataset } from './icons/load-icon-dataset.ts';

/** Formatting and writing. */
export const ICONS_TEXT = iconDataset({
  key: 'icons_text',
  title: 'Text',
  // Mirroring breaks the classes: `align left` turns into `align right`, and a mirrored letter is none.
  mirrors: false,
  targetOf: null,
  note: null,
});
