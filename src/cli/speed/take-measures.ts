import { onnxEngine } from '../../runtime/index.ts';
import { MEASURES, type MeasureName } from './measures.ts';
import { compileMultiplication, MULTIPLICATION_FLOPS, type Multiplication } from './multiplication.ts';
import { type Measure, median, timed, type Unit, type Workload } from './workload.ts';

/** A measure's result with one number of threads. */
export interface SpeedResult {
  readonly threads: number;
  readonly value: number;
  readonly unit: Unit;
  /** Rate of the counted multiplications, 10⁹ operations a second; null where it says nothing. */
  readonly gflops: number | null;
  /** `gflops` over the rate of the machine's multiplication, taken in between with as many threads. */
  readonly ratio: number | null;
  /** That rate. */
  readonly gemm_gflops: number;
  /** Runs the medians are of. */
  readonly rounds: number;
  readonly problem: string;
  /**
   * Peak of the process's resident memory so far, 10⁶ bytes; only with `--only` is it this measure's own. Of the
   * process that lists, for listings.
   */
  readonly rss_mb?: number;
}

/** Products before and after each run: the machine's pace changes while one measures. */
const PRODUCTS_AROUND_RUN = 3;
/** A slow measure stops before its last round, after this time. */
const ENOUGH_MS = 15_000;

/** Four digits: the machine's noise is larger than what is cut off. */
const rounded = (value: number): number => Number(value.toPrecision(4));

/** Runs a workload between products of matrices; the first run of each, with cold caches, is mostly not counted. */
async function timeRounds(
  workload: Workload,
  multiplication: Multiplication,
  rounds: number,
): Promise<{ readonly work: readonly number[]; readonly products: readonly number[] }> {
  const [work, products]: [number[], number[]] = [[], []];
  const multiply = async () => {
    for (let i = 0; i < PRODUCTS_AROUND_RUN; i++) products.push(await multiplication.run());
  };
  await multiplication.run();
  if (!workload.countsFirstRun) await workload.run();
  let spentMs = 0;
  while (work.length < rounds && spentMs < ENOUGH_MS) {
    await multiply();
    const milliseconds = await timed(() => workload.run());
    await multiply();
    work.push(milliseconds);
    spentMs += milliseconds;
  }
  return { work, products };
}

/** Takes one measure with one number of threads. */
async function takeMeasure(measure: Measure, threads: number, rounds: number): Promise<SpeedResult> {
  const engine = onnxEngine({ threads });
  const multiplication = await compileMultiplication(engine);
  const workload = await measure.prepare(engine);
  try {
    const { work, products } = await timeRounds(workload, multiplication, rounds);
    const milliseconds = median(work);
    const flops = workload.flops();
    const gemmGflops = MULTIPLICATION_FLOPS / median(products) / 1e6;
    const gflops = flops === null ? null : flops / milliseconds / 1e6;
    // resourceUsage counts in units of 1024 bytes.
    const peakRss = workload.peakRss?.() ?? process.resourceUsage().maxRSS * 1024;
    return {
      threads,
      value: rounded(workload.value(milliseconds)),
      unit: workload.unit,
      gflops: gflops === null ? null : rounded(gflops),
      ratio: gflops === null ? null : rounded(gflops / gemmGflops),
      gemm_gflops: rounded(gemmGflops),
      rounds: work.length,
      problem: workload.problem,
      ...(measure.memory ? { rss_mb: Math.round(peakRss / 1e6) } : {}),
    };
  } finally {
    await workload.dispose();
    await multiplication.dispose();
  }
}

/** What `bench speed --json` prints. */
export interface SpeedReport {
  /** The machine's multiplication with `threads` threads, median over the whole run. */
  readonly gemm_gflops: number;
  /** The largest number of threads asked for: what `gemm_gflops` and each measure's own fields are of. */
  readonly threads: number;
  /** The rate with each number of threads. */
  readonly gemm_gflops_by_threads: Readonly<Record<string, number>>;
  readonly measures: Readonly<
    Record<string, SpeedResult & { readonly other_threads?: readonly SpeedResult[] }>
  >;
}

/**
 * Takes measures one after the other in this process.
 * @param request.threads Numbers of threads, each measured; at least one.
 * @param request.rounds Timed runs, mostly after one that is not.
 */
export async function takeMeasures(request: {
  readonly names: readonly MeasureName[];
  readonly threads: readonly number[];
  readonly rounds: number;
  readonly onResult: (name: MeasureName, result: SpeedResult) => void;
}): Promise<SpeedReport> {
  const { names, rounds, onResult } = request;
  const threads = [...request.threads].sort((a, b) => b - a);
  const most = threads[0]!;
  const rates = new Map<number, number[]>();
  const measures: Record<string, SpeedReport['measures'][string]> = {};
  for (const name of names) {
    const measure: Measure = MEASURES[name];
    const results: SpeedResult[] = [];
    for (const count of measure.fixedThreads === undefined ? threads : [measure.fixedThreads]) {
      const result = await takeMeasure(measure, count, rounds);
      onResult(name, result);
      results.push(result);
      rates.set(count, [...(rates.get(count) ?? []), result.gemm_gflops]);
    }
    const [main, ...others] = results as [SpeedResult, ...SpeedResult[]];
    measures[name] = others.length > 0 ? { ...main, other_threads: others } : main;
  }
  const byThreads = [...rates].map(([count, values]) => [String(count), rounded(median(values))] as const);
  const rateOf = Object.fromEntries(byThreads);
  const reported = rates.has(most) ? most : Math.max(...rates.keys());
  return {
    gemm_gflops: rateOf[String(reported)]!,
    threads: reported,
    gemm_gflops_by_threads: rateOf,
    measures,
  };
}
