import { relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { BENCHMARKS, type BenchmarkKey } from '../../benchmarks/index.ts';
import { UserError } from '../config/index.ts';
import { addGridOptions } from './bench-options.ts';
import { remark } from './command-options.ts';
import { folderReport } from './report-folder.ts';
import { type GridReportFlags, gridReport } from './report-grid.ts';
import { reportTwoRuns } from './report-two-runs.ts';
import { watchReport } from './report-watch.ts';
import { commandLine } from './write-report.ts';

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

type ReportFlags = Omit<GridReportFlags, 'benchmark'> & {
  readonly benchmark?: BenchmarkKey;
  readonly watch?: boolean;
};

/** Where a comparison goes unless it is said. */
const COMPARISON = 'reports/comparison';

function refuse(folders: readonly string[], expected: string, hint: string): never {
  const found = folders.length === 0 ? 'none' : folders.join(' ');
  throw new UserError('BAD_OPTION', { where: 'report', expected, found, hint });
}

async function run(folders: readonly string[], { json = false, ...flags }: ReportFlags): Promise<void> {
  const [first, second, ...more] = folders;
  const { benchmark, watch = false } = flags;
  if (more.length > 0) refuse(folders, 'one folder, or two to compare', 'compare two runs at a time');
  if (first !== undefined && second !== undefined) {
    if (benchmark !== undefined || watch) {
      refuse(folders, 'one folder with --benchmark or --watch', 'leave them out to compare two runs');
    }
    await compare([first, second], flags.out ?? COMPARISON, json);
    return;
  }
  if (first !== undefined && flags.out !== undefined && resolve(first) !== resolve(flags.out)) {
    refuse([first, flags.out], 'a folder or --out, not both', 'name the folder of the run once');
  }
  const out = first ?? flags.out ?? (benchmark === undefined ? undefined : `reports/${benchmark}`);
  if (out === undefined) {
    refuse(folders, 'the folder of a run, or --benchmark', 'coop-bench report reports/fewshot');
  }
  const render =
    benchmark === undefined
      ? folderReport(out, commandLine(process.argv.slice(2)))
      : await gridReport({ ...flags, benchmark }, out);
  const counts = watch
    ? await watchReport(out, render, { finishes: benchmark !== undefined })
    : await render(null);
  const { cells, ok, failed, missing } = counts;
  if (cells === 0) remark(`no record came into ${out}: no report was written`);
  else
    remark(
      `${ok} of ${cells} cells shown` +
        `${failed > 0 ? `, ${failed} failed` : ''}${missing > 0 ? `, ${missing} without a record` : ''}` +
        `\nreport: ${relative('.', resolve(out, 'index.html'))}`,
    );
  if (json) process.stdout.write(`${JSON.stringify({ out, ...counts })}\n`);
}

async function compare(folders: readonly [string, string], out: string, json: boolean): Promise<void> {
  const pairs = await reportTwoRuns(folders, out, commandLine(process.argv.slice(2)));
  remark(
    `${pairs} pairs of methods and shot counts in common\ncomparison: ${relative('.', resolve(out, 'index.html'))}`,
  );
  if (json) process.stdout.write(`${JSON.stringify({ out, pairs })}\n`);
}

/** `coop-bench report`: tables, plots and page once more, from the records that stand in a folder. */
export function reportCommand(): Command {
  const command = new Command('report')
    .description(
      'write tables, plots and page from the records of a run, or of two side by side; computes nothing',
    )
    .argument('[folders...]', 'the folder of a run; two to compare them')
    .addOption(
      new Option('--benchmark <name>', 'which experiment: its own plan, with what is missing').choices(
        Object.keys(BENCHMARKS),
      ),
    );
  for (const option of addGridOptions(new Command()).options) {
    if (PLAN_OPTIONS.has(option.attributeName())) command.addOption(option);
  }
  return command
    .option('--watch', 'write the report again as records come; its pages load themselves again')
    .option('--json', 'print the counts of cells as JSON on stdout')
    .addHelpText(
      'after',
      `
With --benchmark the report shows the cells of that plan: give the options the run was given. Cells without a
record are said to be missing. Without it, it shows every record of the folder. A run may go on meanwhile.
Two folders: what both runs have, with paired differences, and all that differs between them, in a third folder
(--out, default ${COMPARISON}).

Out: cells.csv summary.csv differences.csv per_class.csv confusion.csv findings.csv timings.csv cost.json
results.json cells.parquet tables/ plots/ index.html, in the folder of the run; of several studies in a folder each,
and a page over them.

Examples:
  npx coop-bench report --benchmark fewshot
  npx coop-bench report reports/small
  npx coop-bench report --benchmark fewshot --datasets icons,icons_arrows --shots 16 --seeds 1 --out reports/small
  npx coop-bench report reports/fewshot --benchmark fewshot --watch
  npx coop-bench report reports/fewshot reports/other-seeds`,
    )
    .action(run);
}
