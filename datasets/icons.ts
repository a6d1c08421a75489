import { iconDataset } from './icons/load-icon-dataset.ts';

/** The concepts that stand in 26 or more families: the suite's general set, and the source of its four targets. */
export const ICONS = iconDataset({
  key: 'icons',
  title: 'Icons',
  // Mirroring breaks the classes: `arrow left`, `chevron right` and `align left` turn into their neighbours.
  mirrors: false,
  targetOf: null,
  note: null,
});
