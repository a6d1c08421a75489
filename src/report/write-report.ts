import { dirname, join } from 'node:path';
import type { CellRecord } from '../config/index.ts';
import { makeFolder, writeFileAtomic } from '../files/index.ts';

import type { Rendering } from './charts/render.ts';
import { type BackboneFigures, backboneFigures, type ReportFigure } from './charts/report-figures.ts';
import { choicesOf } from './chosen.ts';
import { csvFiles, toCsv } from './csv.ts';
import { DIFFERENCE_COLUMNS, differenceRows } from './differences.ts';
import { answerFindings } from './findings/index.ts';
import { gatherResults } from './findings/results.ts';
import { FINDING_COLUMNS, findingRows } from './findings/rows.ts';
import { allComparisons, subjectMethod } from './headline.ts';
import { joinPlan, type PlannedResult } from './join.ts';
import type { PageFigure } from './page/figure.ts';
import type { BackbonePart, ChosenPart, ShownRuns } from './page/input.ts';
import { renderPage } from './page/page.ts';
import { PER_CLASS_COLUMNS, perClassRows } from './per-class.ts';
import { backbonesOf, type ReportPlan } from './plan.ts';
import { findProblems } from './problems.ts';
import { buildTables } from './tables.ts';

/**
 * Writes a report: `cells.csv`, `summary.csv`, `timings.csv`, `plots/*` (Vega-Lite, SVG, PNG) and, last,
 * `index.html`. All but `timings.csv` depend on the plan and the results alone: two runs give the same bytes.
 *
 * @param dir Made where it is missing. Each file appears whole or not at all.
 * @param records In any order; those of other plans are left out, missing ones are said on the page.
 * @returns Paths of the files, relative to `dir`, in the order written.
 * @throws {UserError} `FOLDER_NOT_WRITABLE`, `DISK_FULL`.
 */
export async function writeReport(
  dir: string,
  plan: ReportPlan,
  records: readonly CellRecord[],
): Promise<{ readonly files: readonly string[] }> {
  const tables = buildTables(plan, records);
  const results = joinPlan(plan, records);
  const files: string[] = [];
  const write = (name: string, content: string | Uint8Array): void => {
    const path = join(dir, name);
    makeFolder(dirname(path));
    writeFileAtomic(path, [content]);
    files.push(name);
  };
  for (const [name, text] of Object.entries(csvFiles(tables))) write(name, text);
  const parts: BackbonePart[] = [];
  for (const backbone of backbonesOf(plan)) {
    const comparisons = allComparisons(plan, tables.cells, backbone);
    const runs = shownRuns(plan, results, backbone);
    const { summary } = tables;
    const choices = choicesOf(results).filter((of) => of.backbone === backbone);
    const figures = backboneFigures(plan, { summary, backbone, comparisons, losses: runs, choices });
    const drawn = new Map<string, PageFigure>();
    for (const figure of distinctFigures(figures)) {
      const rendering = await draw(figure);
      drawn.set(figure.name, { name: figure.name, svg: rendering.svg });
      const stem = `plots/${figure.name}`;
      write(`${stem}.vl.json`, `${JSON.stringify(figure.spec, null, 1)}\n`);
      write(`${stem}.svg`, `${rendering.svg}\n`);
      write(`${stem}.png`, rendering.png);
    }
    const chosen = choices.map((of): ChosenPart => {
      const name = figures.validation.find(({ method }) => method === of.method)?.name;
      const drawing = drawn.get(name ?? '');
      return { ...of, ...(drawing === undefined ? {} : { figure: drawing }) };
    });
    parts.push({ backbone, comparisons, runs, chosen, figures: pageFigures(figures, drawn) });
  }
  const differences = parts.flatMap(({ backbone, comparisons }) => differenceRows(backbone, comparisons));
  write('differences.csv', toCsv(DIFFERENCE_COLUMNS, differences));
  write('per_class.csv', toCsv(PER_CLASS_COLUMNS, perClassRows(plan, tables.cells)));
  const findings = gatherResults({ rows: tables.cells, cells: results, datasets: plan.datasets }).map(
    (results) => ({ backbone: results.backbone, answers: answerFindings(results) }),
  );
  const findingLines = findings.flatMap(({ backbone, answers }) => findingRows(backbone, answers));
  write('findings.csv', toCsv(FINDING_COLUMNS, findingLines));
  const problems = findProblems(results);
  write('index.html', renderPage({ plan, tables, results, problems, backbones: parts, findings }));
  return { files };
}

/** Loaded when there is something to draw: the libraries are large. */
async function draw(figure: ReportFigure): Promise<Rendering> {
  const { renderChart } = await import('./charts/render.ts');
  return renderChart(figure.spec);
}

function distinctFigures(figures: BackboneFigures): readonly ReportFigure[] {
  const { overview, plots, intervals, gain, loss, validation } = figures;
  return [overview, ...plots, intervals, gain, loss, ...validation].filter((figure) => figure !== undefined);
}

function pageFigures(
  figures: BackboneFigures,
  drawn: ReadonlyMap<string, PageFigure>,
): BackbonePart['figures'] {
  const names = ['headline', 'overview', 'intervals', 'gain', 'loss'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const drawing = drawn.get(figures[name]?.name ?? '');
      return drawing === undefined ? [] : [[name, drawing]];
    }),
  );
}

/** Finished runs of one method that learns by epochs, the report's subject where it does, at its most shots. */
function shownRuns(plan: ReportPlan, results: readonly PlannedResult[], backbone: string): ShownRuns | null {
  const done = results.filter(({ cell, record }) => {
    const trained = record?.status === 'ok' && record.result.details.lossPerEpoch !== undefined;
    return trained && cell.backbone.name === backbone;
  });
  const methods = [subjectMethod(plan), ...plan.methods.map(({ key }) => key)].filter((key) => key !== null);
  const method = methods.find((key) => done.some(({ cell }) => cell.method.key === key));
  if (method === undefined) return null;
  const mine = done.filter(({ cell }) => cell.method.key === method);
  const shots = Math.max(...mine.map(({ cell }) => cell.shots));
  return { method, shots, results: mine.filter(({ cell }) => cell.shots === shots) };
}
