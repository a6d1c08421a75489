import type { Rendering } from './charts/render.ts';
import { type BackboneFigures, backboneFigures, type ReportFigure } from './charts/report-figures.ts';
import { choicesOf } from './chosen.ts';
import { allComparisons } from './headline.ts';
import type { PlannedResult } from './join.ts';
import type { PageFigure } from './page/figure.ts';
import type { BackbonePart, ChosenPart } from './page/input.ts';
import type { ReportPlan } from './plan.ts';
import type { ReportFolder } from './report-folder.ts';
import { shownRuns } from './shown-runs.ts';
import type { ReportTables } from './tables.ts';

/** Draws the figures of one backbone, writes them to `plots/` in three forms, and gathers what its page shows. */
export async function backbonePart(
  folder: ReportFolder,
  plan: ReportPlan,
  {
    tables,
    results,
    backbone,
  }: { tables: ReportTables; results: readonly PlannedResult[]; backbone: string },
): Promise<BackbonePart> {
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
    folder.write(`${stem}.vl.json`, `${JSON.stringify(figure.spec, null, 1)}\n`);
    folder.write(`${stem}.svg`, `${rendering.svg}\n`);
    folder.write(`${stem}.png`, rendering.png);
  }
  const chosen = choices.map((of): ChosenPart => {
    const name = figures.validation.find((figure) => figure.of === of)?.name;
    const drawing = drawn.get(name ?? '');
    return { ...of, ...(drawing === undefined ? {} : { figure: drawing }) };
  });
  return { backbone, comparisons, runs, chosen, figures: pageFigures(figures, drawn) };
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
