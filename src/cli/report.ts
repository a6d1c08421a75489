import { relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { BENCHMARKS, type BenchmarkKey } from '../../benchmarks/index.ts';
import { type Benchmark, UserError } from '../config/index.ts';
import { planCells, RecordStore, withReportLock } from '../runner/index.ts';
import { addGridOptions, type BenchFlags } from './bench-options.ts';
import { remark } from './command-options.ts';
import { resolveExperiment } from './grid.ts';
import { chooseRuntime, type RuntimeChoice, type RuntimeRequest } from './runtime-choice.ts';
import { commandLine, writeExperimentReport } from './write-report.ts';

/** The grid's options that decide which cells there are, and where; not those that say how to compute them. */
const PLAN_OPTIONS: ReadonlySet<string> = new Set([
  'backbone',
  'data',
  'subsample',
  'prompt',
  'classNames',
  'datasets',
  'methods',
  'studies',
  'shots',
  'seeds',
  'views',
  'epochs',
  'engine',
  'device',
  'activation',
  'limit',
  'out',
]);

type ReportFlags = Omit<BenchFlags, 'progress'> & {
  readonly benchmark: BenchmarkKey;
  readonly backbone?: readonly string[];
};

/** The command that makes or continues the run of a report: the same words after `bench`. */
function benchWords(benchmark: string): readonly string[] {
  const words = process.argv.slice(2).filter((word) => word !== '--json');
  const options = words.filter(
    (word, i) => i > 0 && !word.startsWith('--benchmark') && words[i - 1] !== '--benchmark',
  );
  return ['bench', benchmark, ...options];
}

/** The runtime that the cells name. A device that was asked for need not be here: nothing is computed. */
async function runtimeOfRecords({ engine, device }: RuntimeRequest): Promise<RuntimeChoice> {
  if (engine === 'onnxruntime' || device !== undefined) {
    return { engine, device: device ?? 'cpu', versions: {}, remarks: [] };
  }
  return chooseRuntime({ engine });
}

async function run({ backbone, json = false, ...flags }: ReportFlags): Promise<void> {
  const benchmark: Benchmark = BENCHMARKS[flags.benchmark];
  const options = { ...flags, ...(backbone === undefined ? {} : { backbones: backbone }) };
  const experiment = await resolveExperiment(benchmark, options, await runtimeOfRecords(flags));
  const out = flags.out ?? `reports/${benchmark.key}`;
  const cells = planCells(experiment);
  const keys = cells.map(({ key }) => key);
  const store = new RecordStore(out);
  const { ok, failed, missing, damaged } = store.survey(keys);
  if (ok.length + failed.length === 0) {
    throw new UserError('NO_RECORDS', {
      where: `report of ${benchmark.key} in ${out}`,
      expected: `records of some of its ${cells.length} cells in ${store.folder}`,
      found: damaged.length > 0 ? `${damaged.length} damaged ones` : 'none',
      hint: `${commandLine(benchWords(benchmark.key))}; a run with other options has other cells: give them here too`,
    });
  }
  for (const { path, reason } of damaged) remark(`a record is damaged and left out: ${path}: ${reason}`);
  const byKey = new Map([...ok, ...failed].map((record) => [record.key, record]));
  const records = keys.flatMap((key) => byKey.get(key) ?? []);
  const command = commandLine(benchWords(benchmark.key));
  const onWait = () => remark('another command writes the report; waiting for it');
  await withReportLock(out, { onWait }, () => writeExperimentReport(experiment, { records }, out, command));
  const absent = missing.length + damaged.length;
  remark(
    `${ok.length} of ${cells.length} cells shown` +
      `${failed.length > 0 ? `, ${failed.length} failed` : ''}${absent > 0 ? `, ${absent} without a record` : ''}` +
      `\nreport: ${relative('.', resolve(out, 'index.html'))}`,
  );
  if (json) {
    const counts = { cells: cells.length, ok: ok.length, failed: failed.length, missing: absent };
    process.stdout.write(`${JSON.stringify({ out, ...counts })}\n`);
  }
}

/** `coop-bench report`: tables, plots and page once more, from the records that stand in a folder. */
export function reportCommand(): Command {
  const command = new Command('report')
    .description('write tables, plots and page again from the records of a run; computes nothing')
    .addOption(
      new Option('--benchmark <name>', 'which experiment')
        .choices(Object.keys(BENCHMARKS))
        .makeOptionMandatory(),
    );
  for (const option of addGridOptions(new Command()).options) {
    if (PLAN_OPTIONS.has(option.attributeName())) command.addOption(option);
  }
  return command
    .option('--json', 'print the counts of cells as JSON on stdout')
    .addHelpText(
      'after',
      `
The report shows the cells of its own plan: give the options the run was given. Cells without a record are
said to be missing. A run may go on in the folder meanwhile.

Out: cells.csv summary.csv differences.csv per_class.csv findings.csv timings.csv cost.json plots/ index.html, in the
folder of the run; of several studies in a folder each, and a page over them.

Examples:
  npx coop-bench report --benchmark fewshot
  npx coop-bench report --benchmark fewshot --datasets icons,icons_arrows --shots 16 --seeds 1 --out reports/small`,
    )
    .action(run);
}
