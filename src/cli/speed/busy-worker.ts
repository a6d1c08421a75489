import type { WorkerJob } from '../../runner/index.ts';

/** Entry of pool threads that are measured: computes nothing for as many milliseconds as the payload says. */
export default function beBusy({ payload }: WorkerJob<number>): number {
  const end = performance.now() + payload;
  while (performance.now() < end);
  return payload;
}
