import { Command, Option } from 'commander';
import { parseList } from '../config/index.ts';
import { serveQueue } from '../queue/index.ts';
import { INTERRUPTED_EXIT_CODE, resolveParallelism, watchInterrupt } from '../runner/index.ts';
import {
  DEVICES,
  type Device,
  ENGINE_NAMES,
  type EngineName,
  tensorflowEnvironment,
} from '../runtime/index.ts';
import { cacheFolder } from './cache-folder.ts';
import { remark, wholeNumber } from './command-options.ts';
import { addDataOptions, type DataFlags, nameDatasets } from './data-options.ts';
import { exitWith } from './exit.ts';
import { addQueueOptions, openQueue, type QueueFlags } from './queue-options.ts';
import { chooseRuntime } from './runtime-choice.ts';
import { runInspector } from './worker-inspect.ts';

const LEASE_S = 30;

interface WorkerFlags extends DataFlags, QueueFlags {
  readonly backbone?: readonly string[];
  readonly datasets?: readonly string[];
  readonly cache?: string;
  readonly workers?: number;
  readonly threads?: number;
  readonly engine: EngineName;
  readonly device?: Device;
  readonly lease: number;
  readonly idle?: number;
}

async function run(flags: WorkerFlags): Promise<void> {
  const parallelism = resolveParallelism({ workers: flags.workers, threads: flags.threads });
  const cache = cacheFolder(flags.cache);
  const connection = await openQueue(flags, remark);
  const interrupt = watchInterrupt();
  try {
    const runtime = await chooseRuntime(flags, parallelism.threads);
    for (const line of runtime.remarks) remark(line);
    // What is wrong with the options is said now, not when the first run asks.
    nameDatasets(flags.datasets ?? [], flags, cache);
    remark(`worker at ${connection.shown}: ${parallelism.workers} cells at once, cache in ${cache}`);
    const handled = await serveQueue(connection, {
      ...parallelism,
      cacheDir: cache,
      runtime: { engine: runtime.engine, device: runtime.device, precision: 'float32' },
      engineVersions: runtime.versions,
      environment: runtime.engine === 'tensorflow' ? tensorflowEnvironment(parallelism.threads) : {},
      leaseMs: flags.lease * 1000,
      idleMs: flags.idle === undefined ? null : flags.idle * 1000,
      inspect: runInspector({ ...flags, cache }, runtime, parallelism.threads),
      signal: interrupt.signal,
      note: remark,
    });
    remark(`worker ends after ${handled} jobs`);
    if (interrupt.signal.aborted) exitWith(INTERRUPTED_EXIT_CODE);
  } finally {
    interrupt.dispose();
    connection.close();
  }
}

/** `coop-bench worker`: computes cells that a `bench … --queue` on any machine has planned. */
export function workerCommand(): Command {
  const command = new Command('worker')
    .description('compute cells of grids that run with --queue, on this machine, until Ctrl-C')
    .addOption(
      new Option(
        '--backbones, --backbone <list>',
        'models that lie here: paths; published ones are found by name',
      ).argParser((text: string) => parseList('backbone', text)),
    )
    .addOption(
      new Option('--datasets <list>', 'your own pictures that lie here: paths').argParser((text: string) =>
        parseList('datasets', text),
      ),
    )
    .option('--cache <dir>', 'folder of cached image features (default: COOP_BENCH_CACHE or the user cache)')
    .option(
      '--workers <N>',
      'cells computed at once (default: as many as there are cores)',
      wholeNumber('workers', 1),
    )
    .option('--threads <N>', 'threads a cell uses (default: 1)', wholeNumber('threads', 1))
    .addOption(
      new Option('--engine <name>', 'what computes').choices([...ENGINE_NAMES]).default('onnxruntime'),
    )
    .addOption(
      new Option(
        '--device <name>',
        'where it computes (default: cpu; for tensorflow the first there)',
      ).choices([...DEVICES]),
    )
    .option(
      '--lease <seconds>',
      'a worker that is silent for so long has lost its jobs to others',
      wholeNumber('lease', 1),
      LEASE_S,
    )
    .option('--idle <seconds>', 'end after so long without work (default: never)', wholeNumber('idle', 1));
  addQueueOptions(command, 'the queue to take jobs from');
  for (const option of addDataOptions(new Command()).options) {
    if (option.attributeName() !== 'subsample') command.addOption(option);
  }
  return command
    .addHelpText(
      'after',
      `
A worker computes only for runs whose program, datasets and models it has in the same version and content, wherever
they lie here; else it says why, and so does the run. It encodes pictures into its own cache: one worker a machine.
Ctrl-C (or SIGTERM) gives back what is not finished; a worker that dies loses its jobs to others after --lease.

Examples:
  npx coop-bench worker --queue redis://127.0.0.1:6379
  COOP_BENCH_QUEUE=rediss://:PASSWORD@queue.example:6380 npx coop-bench worker --data ~/datasets --idle 600
  npx coop-bench bench fewshot --queue redis://127.0.0.1:6379`,
    )
    .action(run);
}
