import type { CellRecord } from '../../config/index.ts';
import { writeFigure } from '../backbone-part.ts';
import { toCsv } from '../csv.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { reportFolder } from '../report-folder.ts';
import { buildTables } from '../tables.ts';
import { writePage } from '../write-page.ts';
import { contrastName, renderTwoRuns } from './page.ts';
import { pairRuns } from './pair-runs.ts';
import { RUN_PAIR_COLUMNS, runPairRows } from './rows.ts';
import { runDifferenceFigure } from './run-difference-figure.ts';
import { whatDiffers } from './what-differs.ts';

/** One of two runs. */
export interface ComparedRun {
  /** As a person names it, e.g. its folder. */
  readonly name: string;
  readonly plan: ReportPlan;
  readonly records: readonly CellRecord[];
}

/**
 * Writes two runs side by side: `comparison.csv`, `tables/*`, `plots/*` and, last, `index.html`.
 *
 * @param command What made it, as the page shows it.
 * @returns Paths of the files relative to `dir`, and how many pairs of methods and shot counts were found.
 * @throws {UserError} `FOLDER_NOT_WRITABLE`, `DISK_FULL`.
 */
export async function writeTwoRuns(
  dir: string,
  runs: readonly [ComparedRun, ComparedRun],
  command: string,
): Promise<{ readonly files: readonly string[]; readonly pairs: number }> {
  const [a, b] = runs;
  const folder = reportFolder(dir);
  const [ours, theirs] = [a, b].map(({ plan, records }) => buildTables(plan, records).cells);
  const contrasts = pairRuns(ours!, theirs!, (dataset, target) => {
    const [first, second] = [a, b].map((run) => taskOf(run, dataset, target));
    return first !== undefined && first === second;
  });
  folder.write('comparison.csv', toCsv(RUN_PAIR_COLUMNS, runPairRows(contrasts)));
  const methods = [...a.plan.methods, ...b.plan.methods];
  const datasets = [...a.plan.datasets, ...b.plan.datasets];
  const methodTitle = (key: string) => titleOf(methods, key);
  const several = new Set(contrasts.map(({ backbones }) => backbones.join(' '))).size > 1;
  const spec = runDifferenceFigure(contrasts, (of) => contrastName(of, methodTitle, several));
  const drawing =
    contrasts.length === 0 ? null : await writeFigure(folder, { name: 'run-differences', spec });
  const page = renderTwoRuns({
    names: [a.name, b.name],
    cells: [a.records.length, b.records.length],
    command,
    contrasts,
    ...whatDiffers(a.records, b.records),
    drawing,
    methodTitle,
    datasetTitle: (key) => titleOf(datasets, key),
  });
  await writePage(folder, page);
  return { files: folder.files, pairs: contrasts.length };
}

/** What tells the test pictures of a set: the fingerprints of both sets and how many pictures are scored. */
function taskOf({ records }: ComparedRun, dataset: string, target: string): string | undefined {
  const cell = records.find((record) => {
    return record.cell.dataset.key === dataset && record.cell.targets.some(({ key }) => key === target);
  })?.cell;
  if (cell === undefined) return undefined;
  const scored = cell.targets.find(({ key }) => key === target);
  return JSON.stringify([cell.dataset.fingerprint, scored?.fingerprint, cell.limit]);
}
