import { formatBytes } from '../files/index.ts';
import { planGroups } from './cell-groups.ts';
import { datasetsOf, type Experiment, planCells } from './experiment.ts';
import { availableMemory } from './machine-memory.ts';
import { workerMemory } from './memory-need.ts';
import type { Parallelism } from './parallelism.ts';
import { rememberedDraws } from './picture-needs.ts';

/** Left to the command itself, its page and the system. */
const RESERVE_BYTES = 500e6;

/**
 * Lowers the number of workers to what memory holds. A number that was asked for stays, with a warning.
 *
 * @param given What cores allow. @param asked Whether a person named the number of workers.
 * @param say Told in a sentence where memory is short.
 */
export function fitWorkers(
  experiment: Experiment,
  given: Parallelism,
  asked: boolean,
  say: (message: string) => void,
  available: number = availableMemory(),
): Parallelism {
  if (given.workers === 1) return given;
  const drawOf = rememberedDraws();
  const { sources } = datasetsOf(experiment);
  const perWorker = workerMemory(planGroups(experiment, planCells(experiment), drawOf), sources, drawOf);
  const fit = Math.max(1, Math.floor((available - RESERVE_BYTES) / perWorker));
  if (fit >= given.workers) return given;
  const reason = `a worker may take about ${formatBytes(perWorker)}, and ${formatBytes(available)} are free`;
  if (asked) {
    say(`${given.workers} workers as asked for, but memory may run out: ${reason}`);
    return given;
  }
  say(`${fit} workers instead of ${given.workers}: ${reason}; --workers says otherwise`);
  return { ...given, workers: fit };
}
