import { BENCHMARKS, type BenchmarkKey } from '../../benchmarks/index.ts';
import { type Benchmark, UserError } from '../config/index.ts';
import { planCells, RecordStore, withReportLock } from '../runner/index.ts';
import type { BenchFlags } from './bench-options.ts';
import { remark } from './command-options.ts';
import { resolveExperiment } from './grid.ts';
import { remarkWait } from './report-folder.ts';
import type { RenderReport } from './report-watch.ts';
import { chooseRuntime, type RuntimeChoice, type RuntimeRequest } from './runtime-choice.ts';
import { commandLine, writeExperimentReport } from './write-report.ts';

/** What `report` is told of a grid. */
export type GridReportFlags = Omit<BenchFlags, 'progress'> & {
  readonly benchmark: BenchmarkKey;
  readonly backbone?: readonly string[];
};

/** The command that makes or continues the run of a report: the same words after `bench`. */
function benchWords(benchmark: string, out: string): readonly string[] {
  const words = process.argv.slice(2);
  const taken = new Set(['--benchmark', '--out']);
  const options = words.filter((word, i) => {
    const own = [...taken].some((flag) => word === flag || word.startsWith(`${flag}=`));
    // A folder, given by itself, becomes `--out`.
    const isFolder = word === out && !(words[i - 1] ?? '').startsWith('--');
    return i > 0 && !own && !taken.has(words[i - 1]!) && word !== '--json' && word !== '--watch' && !isFolder;
  });
  return ['bench', benchmark, ...options, ...(out === `reports/${benchmark}` ? [] : ['--out', out])];
}

/** The runtime that the cells name. A device that was asked for need not be here: nothing is computed. */
async function runtimeOfRecords({ engine, device }: RuntimeRequest): Promise<RuntimeChoice> {
  if (engine === 'onnxruntime' || device !== undefined) {
    return { engine, device: device ?? 'cpu', versions: {}, remarks: [] };
  }
  return chooseRuntime({ engine });
}

/**
 * The report of a grid's own plan, to be written as often as asked.
 *
 * @throws {UserError} Whatever is wrong with the request.
 */
export async function gridReport(
  { backbone, ...flags }: GridReportFlags,
  out: string,
): Promise<RenderReport> {
  const benchmark: Benchmark = BENCHMARKS[flags.benchmark];
  const options = { ...flags, ...(backbone === undefined ? {} : { backbones: backbone }) };
  const experiment = await resolveExperiment(benchmark, options, await runtimeOfRecords(flags));
  const cells = planCells(experiment);
  const keys = cells.map(({ key }) => key);
  const store = new RecordStore(out);
  const command = commandLine(benchWords(benchmark.key, out));
  return async (reloadSeconds) => {
    const { ok, failed, missing, damaged } = store.survey(keys);
    if (ok.length + failed.length === 0) {
      throw new UserError('NO_RECORDS', {
        where: `report of ${benchmark.key} in ${out}`,
        expected: `records of some of its ${cells.length} cells in ${store.folder}`,
        found: damaged.length > 0 ? `${damaged.length} damaged ones` : 'none',
        hint: `${command}; a run with other options has other cells: give them here too`,
      });
    }
    for (const { path, reason } of damaged) remark(`a record is damaged and left out: ${path}: ${reason}`);
    const byKey = new Map([...ok, ...failed].map((record) => [record.key, record]));
    const records = keys.flatMap((key) => byKey.get(key) ?? []);
    await withReportLock(out, { onWait: remarkWait }, () =>
      writeExperimentReport(experiment, { records, reloadSeconds }, out, command),
    );
    const absent = missing.length + damaged.length;
    return { cells: cells.length, ok: ok.length, failed: failed.length, missing: absent };
  };
}
