import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { explainDiskError } from '../../files/index.ts';
import { INTERRUPTED_EXIT_CODE } from '../../runner/index.ts';
import type { ListingAnswer } from './listing-process.ts';
import { type Measure, median } from './workload.ts';

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

/** Lists a tree in a process of its own. @param cacheDir Null: nothing is kept. */
async function listInProcess(root: string, cacheDir: string | null): Promise<ListingAnswer> {
  const script = fileURLToPath(new URL('./listing-process.ts', import.meta.url));
  const child = fork(script, cacheDir === null ? [root] : [root, cacheDir], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  });
  let answer: ListingAnswer | undefined;
  child.on('message', (message: ListingAnswer) => {
    answer = message;
  });
  const [code] = await once(child, 'close');
  if (answer === undefined) throw new Error(`internal: the process that lists ended with ${code}`);
  return answer;
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
          await listInProcess(root, cacheDir);
        }
        const answers: ListingAnswer[] = [];
        return {
          problem:
            `${tree.files} empty files in ${tree.folders} folders to a list of labelled pictures, ` +
            `${from === 'cache' ? 'from the cache of listings' : 'listed anew, the system having them in memory'}, ` +
            `a new process each time, its start not counted`,
          unit: 's/listing' as const,
          run: async () => {
            const answer = await listInProcess(root, cacheDir);
            if (answer.pictures !== tree.files) {
              throw new Error(`internal: listed ${answer.pictures} of ${tree.files} files`);
            }
            answers.push(answer);
          },
          flops: () => null,
          value: () => median(answers.map(({ milliseconds }) => milliseconds)) / 1000,
          peakRss: () => Math.max(...answers.map(({ peakRss }) => peakRss)),
          dispose: async () => remove(),
        };
      } catch (error) {
        remove();
        throw error;
      }
    },
  };
}
