import { availableParallelism } from 'node:os';
import { UserError } from '../config/index.ts';

/** How many worker threads compute at once, and how many threads the numeric runtime of each may use. */
export interface Parallelism {
  readonly workers: number;
  readonly threads: number;
}

/**
 * Chooses workers and threads so that their product never exceeds the cores.
 *
 * @param request `workers` defaults to as many as fit; `threads` to 1, whatever the machine, because the number of
 *   threads may change the last bits of a result; `cores` to what this process may use.
 * @throws {UserError} `BAD_PARALLELISM`: not positive integers, or more threads in all than cores.
 */
export function resolveParallelism(request: {
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly cores?: number | undefined;
}): Parallelism {
  const cores = request.cores ?? availableParallelism();
  for (const name of ['workers', 'threads'] as const) {
    const value = request[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new UserError('BAD_PARALLELISM', {
        where: `--${name}`,
        expected: 'an integer of 1 or more',
        found: String(value),
      });
    }
  }
  const threads = request.threads ?? 1;
  const workers = request.workers ?? Math.max(1, Math.floor(cores / threads));
  if (workers * threads > cores) {
    throw new UserError('BAD_PARALLELISM', {
      where: '--workers and --threads',
      expected: `workers × threads of at most ${cores}, the cores this process may use`,
      found: `${workers} × ${threads} = ${workers * threads}`,
      hint:
        threads > cores
          ? `--threads ${cores} or less`
          : `--workers ${Math.floor(cores / threads)} --threads ${threads}, or leave both out`,
    });
  }
  return { workers, threads };
}

/**
 * Threads for decoding and resizing that each worker may have beside it: the cores that no engine takes, as with
 * one worker that computes on a GPU.
 *
 * @returns 0 where the engines fill the cores.
 */
export function sparePictureThreads(
  { workers, threads }: Parallelism,
  cores: number = availableParallelism(),
): number {
  return Math.max(0, Math.floor(cores / workers) - threads);
}
