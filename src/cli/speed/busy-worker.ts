import type { WorkerJob } from '../../runner/index.ts';

/** A step of the loop takes far less: the thread was put off, and what others did meanwhile is not its work. */
const PUT_OFF_MS = 0.1;

/** Entry of pool threads that are measured: computes nothing for as many milliseconds of a core as the payload says. */
export default function beBusy({ payload }: WorkerJob<number>): number {
  let last = performance.now();
  let sum = 0;
  for (let worked = 0; worked < payload; ) {
    // The clock is asked now and then: each answer is garbage to collect.
    for (let i = 0; i < 1000; i++) sum = Math.fround(sum * 0.5 + i);
    const now = performance.now();
    if (now - last < PUT_OFF_MS) worked += now - last;
    last = now;
  }
  return sum > 0 ? payload : 0;
}
