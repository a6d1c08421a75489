import { join } from 'node:path';
import type { CellRecord } from '../config/index.ts';
import { costOf, type RunCircumstances } from './cost.ts';
import { toCsv } from './csv.ts';
import { answerAll } from './findings/index.ts';
import { FINDING_COLUMNS, findingRows } from './findings/rows.ts';
import { renderExperimentPage } from './page/experiment.ts';
import type { PageInput } from './page/input.ts';
import type { ReportPlan } from './plan.ts';
import { findProblems } from './problems.ts';
import { reportFolder } from './report-folder.ts';
import { CELL_COLUMNS, SUMMARY_COLUMNS, type SummaryRow, TIMING_COLUMNS } from './rows.ts';
import { writePage } from './write-page.ts';
import { writeStudy } from './write-report.ts';

/** Several studies that one command runs. */
export interface ExperimentPlan {
  readonly title: string;
  readonly introduction?: string;
  readonly command: string;
  /** As a plan's. */
  readonly reloadSeconds?: number;
  /** Two at least; their `experiment` is the name of their folder. */
  readonly studies: readonly ReportPlan[];
}

/** Column order of an experiment's `summary.csv`: the study, then what a study's own has. */
export const EXPERIMENT_SUMMARY_COLUMNS = ['study', ...SUMMARY_COLUMNS] as const;

/** One row of an experiment's `summary.csv`. */
interface ExperimentSummaryRow extends SummaryRow {
  readonly study: string;
}

/**
 * Writes a report a study into a folder of its name, and over them `index.html` with `cells.csv` and `timings.csv` of
 * all cells (those that several studies share once), `summary.csv`, `findings.csv` (asked of all records together) and
 * `cost.json`. What differs between two runs is as in a study's report.
 *
 * @param records In any order; those of other plans are left out, missing ones are said on the pages.
 * @param run The run that ends with this report; absent where a report is made from records alone.
 * @returns Paths of the files, relative to `dir`, in the order written.
 * @throws {UserError} `FOLDER_NOT_WRITABLE`, `DISK_FULL`.
 */
export async function writeExperiment(
  dir: string,
  experiment: ExperimentPlan,
  records: readonly CellRecord[],
  run?: RunCircumstances,
): Promise<{ readonly files: readonly string[] }> {
  const pages: PageInput[] = [];
  const files: string[] = [];
  for (const plan of experiment.studies) {
    const folder = reportFolder(join(dir, plan.experiment));
    // The run is all studies' together: its share outside of cells is that of no single one.
    pages.push(await writeStudy(folder, plan, records));
    files.push(...folder.files.map((name) => `${plan.experiment}/${name}`));
  }
  const top = reportFolder(dir);
  const cells = distinct(pages.flatMap(({ results }) => results));
  const rows = distinct(
    pages.flatMap(({ tables }) => tables.cells),
    (row) => `${row.key} ${row.target}`,
  );
  const summary = pages.flatMap(({ plan, tables }) =>
    tables.summary.map((row): ExperimentSummaryRow => ({ study: plan.experiment, ...row })),
  );
  const timings = distinct(pages.flatMap(({ tables }) => tables.timings));
  const datasets = distinct(pages.flatMap(({ plan }) => plan.datasets));
  const methods = distinct(pages.flatMap(({ plan }) => plan.methods));
  const findings = answerAll({ rows, cells, datasets });
  const answered = findings.flatMap(({ backbone, answers }) => findingRows(backbone, answers));
  const cost = costOf(cells, methods, run);
  top.write('cells.csv', toCsv(CELL_COLUMNS, rows));
  top.write('summary.csv', toCsv(EXPERIMENT_SUMMARY_COLUMNS, summary));
  top.write('timings.csv', toCsv(TIMING_COLUMNS, timings));
  top.write('findings.csv', toCsv(FINDING_COLUMNS, answered));
  top.write('cost.json', `${JSON.stringify(cost, null, 1)}\n`);
  const problems = findProblems(cells);
  const page = { experiment, pages, methods, cells: cells.length, problems, findings, cost };
  await writePage(top, renderExperimentPage(page));
  return { files: [...files, ...top.files] };
}

/** The first of each key. */
function distinct<Item extends { readonly key: string }>(
  items: readonly Item[],
  keyOf: (item: Item) => string = ({ key }) => key,
): readonly Item[] {
  const found = new Map<string, Item>();
  for (const item of items) if (!found.has(keyOf(item))) found.set(keyOf(item), item);
  return [...found.values()];
}
