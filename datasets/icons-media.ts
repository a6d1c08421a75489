import { iconDataset } from './icons/load-icon-dataset.ts';

/** Players, sound and cameras. */
export const ICONS_MEDIA = iconDataset({
  key: 'icons_media',
  title: 'Media',
  // Mirroring breaks the classes: `skip forward` turns into `skip back`, `fast forward` into `rewind`.
  mirrors: false,
  targetOf: null,
  note: null,
});
