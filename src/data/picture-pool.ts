import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { RgbImage } from './dataset.ts';
import type { PictureOrder, PictureProblem, PictureReply } from './prepare-picture.ts';

/** A picture at the model's size, or why it could not be read. */
export type PreparedPicture =
  | { readonly image: RgbImage; readonly problem: null }
  | { readonly image: null; readonly problem: PictureProblem };

/** More threads than this wait for one another's memory. */
const MOST_THREADS = 8;

/**
 * Threads that read, decode, resize and crop test pictures while this thread does something else: an engine's run
 * blocks the thread it is called from.
 */
export class PicturePool {
  readonly #pool: Piscina<PictureOrder, PictureReply>;

  /** @param threads Default: half the cores, since the engine takes all of them too. */
  constructor(threads = Math.min(MOST_THREADS, Math.ceil(availableParallelism() / 2))) {
    this.#pool = new Piscina<PictureOrder, PictureReply>({
      filename: new URL('./picture-thread.mjs', import.meta.url).href,
      // Without --import tsx: the threads' entry registers it.
      execArgv: [],
      minThreads: threads,
      maxThreads: threads,
      // While one picture is read from disk or decoded outside JavaScript, another one is resized.
      concurrentTasksPerWorker: 2,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'disabled',
    });
  }

  /**
   * A file's picture as test pictures are seen: resized and cropped to R × R.
   * @throws {Error} A thread ended, or something that no person can act on.
   */
  async prepare(path: string, resolution: number): Promise<PreparedPicture> {
    const reply = await this.#pool.run({ path, resolution });
    if (!(reply instanceof Uint8Array)) return { image: null, problem: reply };
    return { image: { width: resolution, height: resolution, data: reply }, problem: null };
  }

  /**
   * Pictures in the order of their paths, prepared ahead of the one that is asked for.
   * @param ahead Pictures that are ready or under way at most; bounds the memory.
   */
  async *inOrder(
    paths: readonly string[],
    resolution: number,
    ahead: number,
  ): AsyncGenerator<PreparedPicture> {
    const underWay: Promise<PreparedPicture>[] = [];
    let next = 0;
    const fill = () => {
      while (next < paths.length && underWay.length < ahead) {
        const prepared = this.prepare(paths[next++]!, resolution);
        // It is awaited in its turn; until then a failure is not an unhandled one.
        prepared.catch(() => {});
        underWay.push(prepared);
      }
    };
    fill();
    for (let first = underWay.shift(); first !== undefined; first = underWay.shift()) {
      const prepared = await first;
      fill();
      yield prepared;
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
