import type { WorkerJob } from '../../runner/index.ts';

/** A step of the loop takes far less: the thread was put off, and what others did meanwhile is not its work. */
const PUT_OFF_MS = 0.1;

/** Entry of pool threads that are measured: computes nothing for as many milliseconds of a core as the payload says. */
export default function beBusy({ payload }: WorkerJob<number>): number {
  let last = performance.now();
  for (let worked = 0; worked < payload; ) {
    const now = performance.now();
    if (now - last < PUT_OFF_MS) worked += now - last;
    last = now;
  }
  return payload;
}
