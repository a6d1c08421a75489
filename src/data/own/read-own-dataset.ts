// Placeholder of the lead, to be replaced whole.
import type { Split } from '../dataset.ts';
export interface OwnDataset extends Split {
  readonly title: string;
  readonly prompt: string;
  readonly mirrors: boolean;
  readonly splitSource: string;
  readonly note: string | null;
  readonly files: readonly string[];
}
export async function readOwnDataset(
  _source: { readonly path: string; readonly prompt: string | null; readonly classNamesFile: string | null },
  _cacheDir: string | null,
): Promise<OwnDataset> {
  throw new Error('not there yet');
}
