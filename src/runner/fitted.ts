import type { MethodDetails } from '../config/index.ts';
import type { Datum } from '../data/index.ts';
import type { LearnedContext } from '../methods/index.ts';
import type { CellJob } from './job.ts';
import type { WorkerJob } from './worker-job.ts';

/** A linear classifier of image features, and what its method tells about it. */
export interface Fitted {
  /** [K, E] */
  readonly weights: Float32Array;
  /** [K] */
  readonly bias: Float32Array;
  readonly details: MethodDetails;
  /** What CoOp learned, to be kept. */
  readonly context?: LearnedContext;
}

/** A cell being computed. */
export type CellRun = WorkerJob<CellJob>;

export const labelsOf = (data: readonly Datum[]): Int32Array => Int32Array.from(data, ({ label }) => label);
