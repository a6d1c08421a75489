import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { parseInteger, parseIntegers, parseList } from '../config/index.ts';
import { resolveParallelism } from '../runner/index.ts';
import { checkMeasureNames, MEASURE_NAMES, USUAL_MEASURES } from './speed/measures.ts';
import { type SpeedResult, takeMeasures } from './speed/take-measures.ts';

interface SpeedFlags {
  readonly only?: readonly string[];
  readonly threads: readonly number[];
  readonly rounds: number;
  readonly json?: true;
}

/** A result as a line of text. */
function line(name: string, { value, unit, threads, gflops, ratio, rss_mb, problem }: SpeedResult): string {
  const rate = gflops === null ? '' : `, ${gflops} Gflop/s`;
  const part = ratio === null ? '' : `, ${(100 * ratio).toFixed(0)} % of the multiplication rate`;
  const memory = rss_mb === undefined ? '' : `, ${rss_mb} MB resident at most`;
  const many = threads === 1 ? '1 thread' : `${threads} threads`;
  return `${name.padEnd(20)} ${value} ${unit} (${many}${rate}${part}${memory})\n${' '.repeat(21)}${problem}\n`;
}

async function run({ only, threads, rounds, json }: SpeedFlags): Promise<void> {
  const names = checkMeasureNames(only ?? USUAL_MEASURES);
  for (const count of threads) resolveParallelism({ workers: 1, threads: count });
  const out = json ? process.stderr : process.stdout;
  const report = await takeMeasures({
    names,
    threads,
    rounds,
    onResult: (name, result) => out.write(line(name, result)),
  });
  if (json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  for (const [count, rate] of Object.entries(report.gemm_gflops_by_threads)) {
    process.stdout.write(
      `multiplication of 1024 × 1024 float32 matrices: ${rate} Gflop/s, threads: ${count}\n`,
    );
  }
}

/** `coop-bench bench speed` */
export function benchSpeedCommand(): Command {
  return new Command('speed')
    .description("how fast the parts are on this machine, beside the machine's own matrix multiplication")
    .option('--only <list>', 'some measures, by name', (text: string) => parseList('only', text))
    .option(
      '--threads <list>',
      'numbers of threads to measure with (default: all cores)',
      (text: string) => parseIntegers('threads', text, 1),
      [availableParallelism()],
    )
    .option(
      '--rounds <N>',
      'timed runs of each measure; slow ones stop after 15 s',
      (text: string) => parseInteger('rounds', text, 1),
      7,
    )
    .option('--json', 'print the results as JSON on stdout at the end')
    .addHelpText(
      'after',
      `
Measures: ${MEASURE_NAMES.join(' ')}
  Without --only: all but listings, and the middle and csc steps with 10, 397 and 1000 classes.
  coop-step-K: one training step with K classes; encode-: image tower alone; pictures-: from JPEG files.
  list-N: from N files in folders of classes to a list of labelled pictures, with peak memory; -cached: from the cache
  of listings. It writes N empty files (and needs as many free inodes) in a new folder under the system's temporary
  folder, TMPDIR where that is set, and removes them afterwards, on Ctrl-C too; 1281167 take minutes to write and
  remove.
Every run stands between products of 1024 × 1024 matrices through the same runtime with the same threads; values
are medians; a ratio is the rate of the counted multiplications over that of the products.

Examples:
  npx coop-bench bench speed --only coop-step-100 --json
  npx coop-bench bench speed --only coop-step-37,coop-step-100 --threads 1,2 --rounds 15
  npx coop-bench bench speed --only list-200000,list-200000-cached --json
  npx coop-bench bench speed`,
    )
    .action(run);
}
