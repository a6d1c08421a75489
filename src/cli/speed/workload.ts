import type { Engine } from '../../runtime/index.ts';

/** Units a measure's value may have. */
export type Unit = 'ms/step' | 's/fit' | 's/listing' | 'pictures/s' | 'fraction' | 'times';

/** Something prepared for timing. */
export interface Workload {
  /** What one run does, sizes included: a number without them means nothing. */
  readonly problem: string;
  readonly unit: Unit;
  /** Does the work once. */
  run(): Promise<void>;
  /** The first run is counted too: it takes minutes, and caches play no part. */
  readonly countsFirstRun?: true;
  /**
   * Floating-point operations of the matrix multiplications and convolutions of one run (two for each product
   * that is added), or null where the rate would say nothing. Asked after a run.
   */
  flops(): number | null;
  /** The value in `unit`, of a run that took this many milliseconds. */
  value(milliseconds: number): number;
  /** Peak resident memory in bytes where the work is done in a process of its own; absent: this process's counts. */
  peakRss?(): number;
  dispose(): Promise<void>;
}

/** One named measure. */
export interface Measure {
  /** Makes everything ready, so that `run` times the work alone. */
  prepare(engine: Engine): Promise<Workload>;
  /** Threads of the engine do not touch it: it is measured once, and states these. */
  readonly fixedThreads?: number;
  /** Report the process's peak of resident memory with it. */
  readonly memory?: true;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The middle value, or the mean of the middle two. @throws {Error} no values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('internal: the median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2;
}
