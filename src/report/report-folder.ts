import { dirname, join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../files/index.ts';

/** A folder that a report is written to. */
export interface ReportFolder {
  /** Paths given so far, relative to the folder; written when `settled`. */
  readonly files: readonly string[];
  /** The file appears whole or not at all. @throws {UserError} `FOLDER_NOT_WRITABLE`, `DISK_FULL`. */
  write(name: string, content: string | Uint8Array): void;
  /** The same once the content is made, while others are written; `settled` says when, and what went wrong. */
  writeLater(name: string, content: Promise<Uint8Array>): void;
  /** Resolves when all is written. @throws What `write` does, and why a content could not be made. */
  settled(): Promise<void>;
}

export function reportFolder(dir: string): ReportFolder {
  const files: string[] = [];
  const later: Promise<void>[] = [];
  let failed = false;
  const place = (name: string, content: string | Uint8Array) => {
    // The report is given up: what is made late must not stand among the files of the next one.
    if (failed) return;
    try {
      const path = join(dir, name);
      makeFolder(dirname(path));
      writeFileAtomic(path, [content]);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  return {
    files,
    write(name, content) {
      place(name, content);
      files.push(name);
    },
    writeLater(name, content) {
      files.push(name);
      const written = content.then((made) => place(name, made));
      // Told by `settled`; until then nobody waits for it.
      written.catch(() => undefined);
      later.push(written);
    },
    async settled() {
      await Promise.allSettled(later);
      await Promise.all(later);
    },
  };
}
