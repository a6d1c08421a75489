import { dirname, join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../files/index.ts';

/** A folder that a report is written to. */
export interface ReportFolder {
  /** Paths written so far, relative to the folder. */
  readonly files: readonly string[];
  /** The file appears whole or not at all. @throws {UserError} `FOLDER_NOT_WRITABLE`, `DISK_FULL`. */
  write(name: string, content: string | Uint8Array): void;
}

export function reportFolder(dir: string): ReportFolder {
  const files: string[] = [];
  return {
    files,
    write(name, content) {
      const path = join(dir, name);
      makeFolder(dirname(path));
      writeFileAtomic(path, [content]);
      files.push(name);
    },
  };
}
