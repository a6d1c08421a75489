// Placeholder of the lead, to be replaced whole.
import type { PublishedDraw, Split } from '../dataset.ts';
export interface SavedDraw {
  readonly train: readonly { readonly path: string; readonly label: number }[];
  readonly val: readonly { readonly path: string; readonly label: number }[] | null;
}
export function readPublishedDraw(_path: string): SavedDraw {
  throw new Error('not there yet');
}
export function matchPublishedDraw(_draw: SavedDraw, _split: Split, _where: string): PublishedDraw {
  throw new Error('not there yet');
}
