import type { CellRecord } from '../config/index.ts';
import { backbonePart, writeFigure } from './backbone-part.ts';
import { plannedFigures } from './charts/report-figures.ts';
import { CONFUSION_COLUMNS, confusionRows } from './confusion.ts';
import { costOf, type RunCircumstances } from './cost.ts';
import { csvFiles, toCsv } from './csv.ts';
import { DIFFERENCE_COLUMNS, differenceRows } from './differences.ts';
import { answerAll } from './findings/index.ts';
import { FINDING_COLUMNS, findingRows } from './findings/rows.ts';
import { joinPlan } from './join.ts';
import type { PageFigure } from './page/figure.ts';
import type { BackbonePart, PageInput } from './page/input.ts';
import { renderPage } from './page/page.ts';
import { PER_CLASS_COLUMNS, perClassRows } from './per-class.ts';
import { backbonesOf, type ReportPlan } from './plan.ts';
import { findProblems } from './problems.ts';
import { type ReportFolder, reportFolder } from './report-folder.ts';
import { cellsParquet } from './results/cells-parquet.ts';
import { resultsJson } from './results/results-json.ts';
import { buildTables } from './tables.ts';
import { WORD_COLUMNS, wordRows } from './words-rows.ts';
import { writePage } from './write-page.ts';

/**
 * Writes a report: `cells.csv`, `summary.csv`, `timings.csv`, `plots/*` (Vega-Lite, SVG, PNG), `differences.csv`,
 * `per_class.csv`, `findings.csv`, `cost.json` and, last, `index.html`. What took time and where differs between two
 * runs and stands in `timings.csv`, in `cost.json` and in one section of the page, `cost`; all else depends on the plan
 * and the results alone: two runs give the same bytes.
 *
 * @param dir Made where it is missing. Each file appears whole or not at all.
 * @param records In any order; those of other plans are left out, missing ones are said on the page.
 * @param run The run that ends with this report; absent where a report is made from records alone.
 * @returns Paths of the files, relative to `dir`, in the order written.
 * @throws {UserError} `FOLDER_NOT_WRITABLE`, `DISK_FULL`.
 */
export async function writeReport(
  dir: string,
  plan: ReportPlan,
  records: readonly CellRecord[],
  run?: RunCircumstances,
): Promise<{ readonly files: readonly string[] }> {
  const folder = reportFolder(dir);
  await writeStudy(folder, plan, records, run);
  return { files: folder.files };
}

/** Writes the report of one plan. @returns What its page shows. */
export async function writeStudy(
  folder: ReportFolder,
  plan: ReportPlan,
  records: readonly CellRecord[],
  run?: RunCircumstances,
): Promise<PageInput> {
  const tables = buildTables(plan, records);
  const results = joinPlan(plan, records);
  for (const [name, text] of Object.entries(csvFiles(tables))) folder.write(name, text);
  const perClass = perClassRows(plan, tables.cells);
  const backbones: BackbonePart[] = [];
  for (const backbone of backbonesOf(plan)) {
    backbones.push(await backbonePart(folder, plan, { tables, results, perClass, backbone }));
  }
  const figures: PageFigure[] = [];
  for (const figure of plannedFigures(plan, tables.summary)) figures.push(await writeFigure(folder, figure));
  const differences = backbones.flatMap((part) => differenceRows(part.backbone, part.comparisons));
  folder.write('differences.csv', toCsv(DIFFERENCE_COLUMNS, differences));
  folder.write('per_class.csv', toCsv(PER_CLASS_COLUMNS, perClass));
  const confused = backbones.flatMap(({ backbone, confusions }) =>
    confusions.flatMap((confusion) => confusionRows(backbone, confusion)),
  );
  if (backbones.some(({ confusions }) => confusions.length > 0)) {
    folder.write('confusion.csv', toCsv(CONFUSION_COLUMNS, confused));
  }
  const words = wordRows(backbones.flatMap(({ runs }) => runs?.results ?? []));
  if (words.length > 0) folder.write('words.csv', toCsv(WORD_COLUMNS, words));
  const findings = answerAll({ rows: tables.cells, cells: results, datasets: plan.datasets });
  const answered = findings.flatMap(({ backbone, answers }) => findingRows(backbone, answers));
  folder.write('findings.csv', toCsv(FINDING_COLUMNS, answered));
  const cost = costOf(results, plan.methods, run);
  folder.write('results.json', resultsJson(plan, results));
  folder.write('cells.parquet', await cellsParquet(tables.cells));
  folder.write('cost.json', `${JSON.stringify(cost, null, 1)}\n`);
  const problems = findProblems(results);
  const input = { plan, tables, results, problems, backbones, figures, findings, cost };
  await writePage(folder, renderPage(input));
  return input;
}
