import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import { UserError } from '../../config/index.ts';
import type { RgbImage } from '../dataset.ts';
import { limit } from './limit.ts';
import type { PictureReply } from './picture-thread.ts';
import { type PictureRequest, viewPicture } from './picture-view.ts';
import { recentPictures } from './recent-pictures.ts';

/** Makes views of pictures: reads, decodes, transforms. The pixels do not depend on who does it. */
export interface PicturePreparer {
  /** Threads of its own; 0: the calling one. */
  readonly threads: number;
  /** Pictures worth asking for before they are needed; their views are held in memory until then. */
  readonly ahead: number;
  /**
   * @returns S × S.
   * @throws {UserError} PICTURE_MISSING, PICTURE_UNREADABLE, UNKNOWN_ICON
   * @throws {Error} The thread failed or ended: names the picture it had.
   */
  prepare(request: PictureRequest): Promise<RgbImage>;
  /** Ends the threads, after what they are working on; nothing is asked for after. */
  close(): Promise<void>;
}

/** Pictures that lie at one thread, so that it finds work while the thread that asks is blocked. */
const PICTURES_A_THREAD = 8;
/** Native decoding runs on libuv's four threads: more threads than this would wait for it. */
const MOST_THREADS = 8;

/** On the calling thread: only reading and decoding, which are native, go on while it computes. */
function inlinePreparer(): PicturePreparer {
  // As many as libuv has threads: each holds a whole decoded picture.
  const most = 4;
  const atOnce = limit(most);
  const load = recentPictures();
  return {
    threads: 0,
    ahead: most,
    prepare: (request) => atOnce(() => viewPicture(request, load)),
    close: async () => {},
  };
}

async function openPool(threads: number): Promise<Piscina<PictureRequest, PictureReply>> {
  const { Piscina } = await import('piscina');
  return new Piscina<PictureRequest, PictureReply>({
    filename: new URL('./picture-thread.mjs', import.meta.url).href,
    // Without --import tsx: the threads' entry registers it.
    execArgv: [],
    minThreads: threads,
    maxThreads: threads,
    // The thread that asks hands out work only between two runs of a model, so each gets several pictures at once.
    concurrentTasksPerWorker: PICTURES_A_THREAD,
    idleTimeout: Number.POSITIVE_INFINITY,
    // A thread that waits in Atomics.wait could not go on with its other pictures.
    atomics: 'disabled',
    recordTiming: false,
  });
}

function threadedPreparer(threads: number): PicturePreparer {
  const opening = openPool(threads);
  return {
    threads,
    ahead: threads * PICTURES_A_THREAD,
    async prepare(request) {
      const { picture, size } = request;
      const pool = await opening;
      const reply = await pool.run(request).catch((cause: unknown) => {
        const how = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`a thread that prepares pictures failed at ${picture.name}: ${how}`, { cause });
      });
      if (reply instanceof Uint8Array) return { width: size, height: size, data: reply };
      // Its words are whole: where, expected, found and what to try stand in them.
      throw new UserError(reply.code, { where: reply.message });
    },
    close: async () => (await opening).close(),
  };
}

/**
 * Opens something that prepares pictures.
 *
 * @param threads 0: the calling thread does it, for workers that have one core each. Otherwise that many threads
 *   beside it, eight at most, which decode and resize while the caller is blocked in a model's run; default one a
 *   core, since an engine that takes all cores leaves them to whoever it waits for. They do not keep the process
 *   alive.
 */
export function openPreparer(threads: number = availableParallelism()): PicturePreparer {
  return threads === 0 ? inlinePreparer() : threadedPreparer(Math.min(MOST_THREADS, threads));
}
