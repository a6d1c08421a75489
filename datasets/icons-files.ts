import { iconDataset } from './icons/load-icon-dataset.ts';

/** Files, folders and what one keeps them in. */
export const ICONS_FILES = iconDataset({
  key: 'icons_files',
  title: 'Files',
  // Mirroring breaks the classes: `pdf file` shows letters.
  mirrors: false,
  targetOf: null,
  note: null,
});
