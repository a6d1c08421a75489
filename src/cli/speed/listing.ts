import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { listClassFolders, pictureList } from '../../data/index.ts';
import { explainDiskError } from '../../files/index.ts';
import { INTERRUPTED_EXIT_CODE } from '../../runner/index.ts';
import type { Measure } from './workload.ts';

/** A tree of empty files: `folders` classes that share `files` as evenly as they can. */
interface Tree {
  readonly folders: number;
  readonly files: number;
}

/** A folder that changed less than two seconds ago is not kept in the cache (see `listClassFolders`). */
const SETTLE_MS = 2500;

/** Writes a tree with names as long as ImageNet's, and in no order. */
async function writeTree(root: string, { folders, files }: Tree): Promise<void> {
  try {
    for (let k = 0; k < folders; k++) {
      const name = `n${String(1_440_764 + 13_571 * k).padStart(8, '0')}`;
      mkdirSync(join(root, name), { recursive: true });
      const count = Math.floor(((k + 1) * files) / folders) - Math.floor((k * files) / folders);
      for (let i = 0; i < count; i++) {
        closeSync(openSync(join(root, name, `${name}_${(7919 * i) % 50_021}.JPEG`), 'wx'));
      }
      // Signals are looked at between folders only.
      await setImmediate();
    }
  } catch (error) {
    throw explainDiskError('writing empty files', root, error);
  }
}

/** A temporary folder, and what removes it with all that is in it: when asked, and on Ctrl-C. */
function temporaryFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'coop-bench-list-'));
  const interrupted = () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(INTERRUPTED_EXIT_CODE);
  };
  process.once('SIGINT', interrupted);
  const remove = () => {
    process.off('SIGINT', interrupted);
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, remove };
}

/** From folders of classes to labelled pictures, as a dataset is loaded: with no cache, or from one that holds all. */
export function listingMeasure(tree: Tree, from: 'disk' | 'cache'): Measure {
  return {
    fixedThreads: 1,
    memory: true,
    async prepare() {
      const { folder, remove } = temporaryFolder();
      try {
        const root = join(folder, 'train');
        await writeTree(root, tree);
        const cacheDir = from === 'cache' ? join(folder, 'cache') : null;
        if (cacheDir !== null) {
          await setTimeout(SETTLE_MS);
          await listClassFolders(root, { cacheDir });
        }
        return {
          problem:
            `${tree.files} empty files in ${tree.folders} folders to a list of labelled pictures, ` +
            (from === 'cache'
              ? 'from the cache of listings'
              : 'listed anew; the system has its folders in memory'),
          unit: 's/listing' as const,
          run: async () => {
            const classes = await listClassFolders(root, { cacheDir });
            const labels = new Map(classes.map(({ name }, label) => [name, label]));
            const { length } = pictureList(folder, 'train/', classes, (name) => labels.get(name)!);
            if (length !== tree.files) throw new Error(`internal: listed ${length} of ${tree.files} files`);
          },
          flops: () => null,
          value: (milliseconds) => milliseconds / 1000,
          dispose: async () => remove(),
        };
      } catch (error) {
        remove();
        throw error;
      }
    },
  };
}
