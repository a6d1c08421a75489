import { iconDataset } from './icons/load-icon-dataset.ts';

/** Files, folders and what one keeps them in. */
export const ICONS_FILES = iconDataset({
  key: 'icons_files',
  title: 'Files',
  // Mirroring keeps the classes: no class is a direction or a letter.
  mirrors: true,
  targetOf: null,
  note: null,
});
