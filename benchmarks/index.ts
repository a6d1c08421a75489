import type { Benchmark } from '../src/config/index.ts';
import { ablation } from './ablation.ts';
import { domainshift } from './domainshift.ts';
import { fewshot } from './fewshot.ts';
import { linearprobe } from './linearprobe.ts';

export { readPaperReference } from './paper-reference.ts';

/** Every experiment by its key. */
export const BENCHMARKS = { fewshot, domainshift, ablation, linearprobe } as const satisfies Record<
  string,
  Benchmark
>;
export type BenchmarkKey = keyof typeof BENCHMARKS;
