import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetAdapter } from './adapter.ts';

/** What of a dataset is there. */
export interface DatasetSurvey {
  readonly status: 'embedded' | 'found' | 'incomplete' | 'missing';
  /** Its folder, where there is one. */
  readonly folder: string | null;
  /** The split that would be read: the split file's name, or `annotations`; null where neither is there. */
  readonly split: string | null;
  /** What is missing, as paths within its folder. */
  readonly missing: readonly string[];
}

/**
 * Looks which of a dataset's files are there; none is opened.
 * @param dataRoot Folder given by `--data`; null without one.
 */
export function surveyDataset({ disk }: DatasetAdapter, dataRoot: string | null): DatasetSurvey {
  if (disk === null) return { status: 'embedded', folder: null, split: null, missing: [] };
  const folder = dataRoot === null ? null : join(dataRoot, disk.folder);
  if (folder === null || !existsSync(folder)) {
    return { status: 'missing', folder: null, split: null, missing: [disk.folder] };
  }
  const has = (name: string): boolean => existsSync(join(folder, name));
  const absent = (names: readonly string[]): string[] => names.filter((name) => !has(name));
  const { splitFile, pictureFolders, annotations } = disk;
  const unannotated = absent(annotations);
  const found = splitFile !== null && has(splitFile) ? splitFile : null;
  const split = found ?? (unannotated.length === 0 ? 'annotations' : null);
  const missing = [...(split === null ? unannotated : []), ...absent(pictureFolders)];
  return {
    status: missing.length === 0 ? 'found' : 'incomplete',
    folder,
    split,
    missing: [...new Set([...(split === null && splitFile !== null ? [splitFile] : []), ...missing])],
  };
}
