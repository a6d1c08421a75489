import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PublishedDraw, Split } from '../dataset.ts';
import { matchPublishedDraw, readPublishedDraw } from './published-draw.ts';

/**
 * The draws that the official code saved beside a dataset, `shot_K-seed_S.pkl` for K shots and seed S.
 *
 * @param folder Folder of them. @param split Whose pictures they name.
 * @returns Undefined where there is no such folder. The function it gives reads a file when it is asked for, and
 *   throws what is wrong with it.
 */
export function openPublishedDraws(
  folder: string,
  split: Split,
): ((shots: number, seed: number) => PublishedDraw | null) | undefined {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return (shots, seed) => {
    const path = join(folder, `shot_${shots}-seed_${seed}.pkl`);
    return existsSync(path) ? matchPublishedDraw(readPublishedDraw(path), split, path) : null;
  };
}
