import { Command } from 'commander';
import { BENCHMARKS } from '../../benchmarks/index.ts';
import type { Benchmark, Study } from '../config/index.ts';
import { queuedRun, queuePool } from '../queue/index.ts';
import {
  cellLabel,
  type Experiment,
  fitWorkers,
  formatDuration,
  INTERRUPTED_EXIT_CODE,
  type Parallelism,
  type ProgressMode,
  planCells,
  type RunSummary,
  resolveParallelism,
  runExperiment,
  watchInterrupt,
} from '../runner/index.ts';
import { addGridOptions, type BenchFlags } from './bench-options.ts';
import { benchSpeedCommand } from './bench-speed.ts';
import { cacheFolder } from './cache-folder.ts';
import { closingWords } from './closing-words.ts';
import { remark } from './command-options.ts';
import { estimateExperiment, formatEstimate } from './estimate.ts';
import { exitWith } from './exit.ts';
import { resolveExperiment } from './grid.ts';
import { openQueue } from './queue-options.ts';
import { chooseRuntime } from './runtime-choice.ts';
import { commandLine, writeExperimentReport } from './write-report.ts';

/** How remarks reach a person, or a program that reads every line; on stderr, since stdout belongs to results. */
function remarksFor(mode: ProgressMode): (message: string) => void {
  if (mode === 'none') return () => {};
  if (mode === 'json') return (message) => remark(JSON.stringify({ event: 'note', message }));
  return remark;
}

/** Prints the cells and an estimate of their cost on this machine. */
async function printPlan(experiment: Experiment, parallelism: Parallelism, json: boolean): Promise<void> {
  const cells = planCells(experiment);
  const estimate = await estimateExperiment(experiment, parallelism);
  if (json) {
    process.stdout.write(`${JSON.stringify({ cells, ...estimate })}\n`);
    return;
  }
  for (const { key, cell } of cells) process.stdout.write(`${key}  ${cellLabel(cell)}\n`);
  process.stdout.write(
    `\n${formatEstimate(estimate)}\n${cells.length} cells, about ${formatDuration(estimate.estimateMs)} with ${parallelism.workers} workers ` +
      'from nothing (counted multiplications over the rate of this machine)\n',
  );
}

async function runBenchmark(benchmark: Benchmark, flags: BenchFlags): Promise<void> {
  const start = performance.now();
  const startedAt = new Date().toISOString();
  const say = remarksFor(flags.progress);
  say(`${benchmark.title}: reading datasets and model`);
  const cores = resolveParallelism({ workers: flags.workers, threads: flags.threads });
  const runtime = await chooseRuntime(flags, cores.threads);
  for (const line of runtime.remarks) say(line);
  const experiment = await resolveExperiment(benchmark, flags, runtime, say);
  const parallelism = fitWorkers(experiment, cores, flags.workers !== undefined, say);
  if (flags.dryRun) {
    await printPlan(experiment, parallelism, flags.json ?? false);
    return;
  }
  const outDir = flags.out ?? `reports/${benchmark.key}`;
  const command = commandLine(process.argv.slice(2));
  const connection = flags.queue === undefined ? null : await openQueue(flags, say);
  const interrupt = watchInterrupt();
  let summary: RunSummary;
  try {
    summary = await runExperiment(experiment, {
      ...parallelism,
      outDir,
      cacheDir: cacheFolder(flags.cache),
      progress: flags.progress,
      shard: flags.shard,
      signal: interrupt.signal,
      command,
      remote: connection ? queuePool(connection, queuedRun(experiment, parallelism.threads), say) : undefined,
      note: say,
      report: (records) => {
        // Every record is on disk: from here on Ctrl-C ends the command at once.
        interrupt.dispose();
        const run = { startedAt, elapsedMs: performance.now() - start, ...parallelism };
        return writeExperimentReport(experiment, records, outDir, command, run);
      },
    });
  } finally {
    interrupt.dispose();
    connection?.close();
  }
  const elapsedMs = performance.now() - start;
  say(closingWords(summary, outDir, elapsedMs, command));
  if (flags.json) {
    const { computed, elsewhere, reused, failed, interrupted } = summary;
    const cells = summary.cells.length;
    process.stdout.write(
      `${JSON.stringify({ out: outDir, cells, computed, reused, failed, interrupted, elsewhere })}\n`,
    );
  }
  if (summary.interrupted) exitWith(INTERRUPTED_EXIT_CODE);
  else if (summary.failed > 0) exitWith(1);
}

/** What a study takes by default, with `--datasets all`, and with `--data`. */
function studyHelp({ key, datasets, methods, shots, seeds, whole, photographs }: Study): string {
  const lines = [
    `${key}: sets ${datasets.join(' ')}`,
    `methods ${methods.join(' ')}; shots ${shots.join(',')}; seeds ${seeds.join(',')}`,
    ...(whole ? [`--datasets all: sets ${whole.datasets.join(' ')}; seeds ${whole.seeds.join(',')}`] : []),
    `--data: sets ${photographs.datasets.join(' ')}`,
    `methods ${photographs.methods.join(' ')}`,
  ];
  return lines.join('\n  ');
}

/** `coop-bench bench …` */
export function benchCommand(): Command {
  const bench = new Command('bench').description('run an experiment of the paper, or measure speed');
  for (const benchmark of Object.values(BENCHMARKS) as readonly Benchmark[]) {
    const command = addGridOptions(new Command(benchmark.key))
      .description(`${benchmark.title}. ${benchmark.introduction}`)
      .addHelpText(
        'after',
        `
${benchmark.studies.map(studyHelp).join('\n')}
8 fixed crops a training picture; 50 epochs up to 4 shots, 25 above. With --data those sets that are found,
  a new crop every time (--views fresh); 50, 100, 100, 200, 200 epochs for 1, 2, 4, 8, 16 shots (ImageNet: 50)
Your own pictures, by path: a folder of one folder a class, a CSV, a metadata.jsonl (coop-bench datasets --help);
  8 fixed crops, the paper's epochs
A second run computes only what is missing.

Examples:
  npx coop-bench bench ${benchmark.key}
  npx coop-bench bench ${benchmark.key} --datasets icons,icons_arrows --shots 16 --seeds 1 --out reports/small
  npx coop-bench bench ${benchmark.key} --data ~/datasets --backbone RN50 --out reports/paper-${benchmark.key}
  npx coop-bench bench ${benchmark.key} --dry-run`,
      )
      .action((flags: BenchFlags & { backbone?: string[] }) =>
        runBenchmark(benchmark, { ...flags, ...(flags.backbone ? { backbones: flags.backbone } : {}) }),
      );
    bench.addCommand(command);
  }
  bench.addCommand(benchSpeedCommand());
  return bench;
}
