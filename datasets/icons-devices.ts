import { iconDataset } from './icons/load-icon-dataset.ts';

/** Machines, their parts and their batteries. */
export const ICONS_DEVICES = iconDataset({
  key: 'icons_devices',
  title: 'Devices',
  // Mirroring keeps the classes: no class is a direction or a letter.
  mirrors: true,
  targetOf: null,
  note: null,
});
