import { separateData } from './charts/figure-data.ts';
import type { Rendering } from './charts/render.ts';
import { type BackboneFigures, backboneFigures, type ReportFigure } from './charts/report-figures.ts';
import { choicesOf } from './chosen.ts';
import { classGains, type SetGains } from './class-gains.ts';
import { type Comparison, compareMethods } from './compare.ts';
import { type Confusion, confusionOf } from './confusion.ts';
import { allComparisons, headlineComparisons, mostShots } from './headline.ts';
import type { PlannedResult } from './join.ts';
import type { PageFigure } from './page/figure.ts';
import type { BackbonePart, ChosenPart } from './page/input.ts';
import type { PerClassRow } from './per-class.ts';
import { methodKind, methodLearns, type ReportPlan } from './plan.ts';
import type { ReportFolder } from './report-folder.ts';
import type { ScoredRow } from './rows.ts';
import { shownRuns } from './shown-runs.ts';
import { stripsOf } from './strips.ts';
import type { ReportTables } from './tables.ts';
import { comparedSets } from './test-sets.ts';

/** Draws the figures of one backbone, writes them to `plots/` in four forms, and gathers what its page shows. */
export async function backbonePart(
  folder: ReportFolder,
  plan: ReportPlan,
  {
    tables,
    results,
    perClass,
    backbone,
  }: {
    tables: ReportTables;
    results: readonly PlannedResult[];
    perClass: readonly PerClassRow[];
    backbone: string;
  },
): Promise<BackbonePart> {
  const comparisons = allComparisons(plan, tables.cells, backbone);
  const runs = shownRuns(plan, results, backbone);
  const { summary } = tables;
  const choices = choicesOf(results).filter((of) => of.backbone === backbone);
  const gains = gainsOf(plan, comparisons, perClass, backbone);
  const confusions = confusionsOf(plan, tables.cells, comparisons, backbone);
  const overZeroShot = zeroShotComparisons(plan, tables.cells, backbone);
  const figures = backboneFigures(plan, {
    summary,
    backbone,
    comparisons,
    overZeroShot,
    classGains: gains,
    confusions,
    losses: runs,
    choices,
  });
  const drawn = new Map<string, PageFigure>();
  for (const figure of distinctFigures(figures)) {
    drawn.set(figure.name, await writeFigure(folder, figure));
  }
  const panels = [];
  for (const { set, name, spec } of figures.panels) {
    const { svg } = await draw(spec, {});
    panels.push({ set, figure: { name, svg } });
  }
  const chosen = choices.map((of): ChosenPart => {
    const name = figures.validation.find((figure) => figure.of === of)?.name;
    const drawing = drawn.get(name ?? '');
    return { ...of, ...(drawing === undefined ? {} : { figure: drawing }) };
  });
  const confused = figures.confusions.map(({ set, name }) => ({ set, figure: drawn.get(name)! }));
  const shown = pageFigures(figures, drawn);
  const first = headlineComparisons(plan, comparisons)[0]?.comparison;
  return {
    backbone,
    comparisons,
    runs,
    chosen,
    classGains: gains,
    confusions,
    strips: first === undefined ? [] : await stripsOf(plan, tables.cells, backbone, first),
    figures: { ...shown, panels, confusions: confused },
  };
}

/** Draws a figure and writes it: its rows, the specification that reads them, SVG and PNG. */
export async function writeFigure(folder: ReportFolder, figure: ReportFigure): Promise<PageFigure> {
  const { spec, csv } = separateData(figure.spec, `${figure.name}.csv`);
  const { svg, png } = await draw(spec, { [`${figure.name}.csv`]: csv });
  const stem = `plots/${figure.name}`;
  folder.write(`${stem}.csv`, csv);
  folder.write(`${stem}.vl.json`, `${JSON.stringify(spec, null, 1)}\n`);
  folder.write(`${stem}.svg`, `${svg}\n`);
  folder.writeLater(`${stem}.png`, png());
  return { name: figure.name, svg };
}

/** Drawings by what they were made from: a report that is written again draws only what changed. */
const drawings = new Map<string, Rendering>();
const MOST_DRAWINGS = 1000;

/** The libraries are loaded when there is something to draw: they are large. */
async function draw(spec: ReportFigure['spec'], files: Readonly<Record<string, string>>): Promise<Rendering> {
  const source = JSON.stringify([spec, files]);
  const known = drawings.get(source);
  if (known !== undefined) return known;
  const { renderChart } = await import('./charts/render.ts');
  const drawn = await renderChart(spec, files);
  if (drawings.size >= MOST_DRAWINGS) drawings.clear();
  drawings.set(source, drawn);
  return drawn;
}

/** Gains within classes of the headline's comparison. */
function gainsOf(
  plan: ReportPlan,
  comparisons: readonly Comparison[],
  perClass: readonly PerClassRow[],
  backbone: string,
): readonly SetGains[] {
  const gained = headlineComparisons(plan, comparisons)[0]?.comparison;
  return gained === undefined ? [] : classGains(plan, perClass, backbone, gained.subject, gained.baseline);
}

/** Confusions of the headline's subject at its most shots. */
function confusionsOf(
  plan: ReportPlan,
  cells: readonly ScoredRow[],
  comparisons: readonly Comparison[],
  backbone: string,
): readonly Confusion[] {
  const subject = mostShots(comparisons)[0]?.subject;
  if (subject === undefined) return [];
  return comparedSets(plan).flatMap((set) => confusionOf(plan, cells, backbone, subject, set) ?? []);
}

/** Every other method against zero-shot at the plan's only shot count; none where it has several. */
function zeroShotComparisons(
  plan: ReportPlan,
  cells: readonly ScoredRow[],
  backbone: string,
): readonly Comparison[] {
  const zeroShot = plan.methods.find(({ key }) => methodKind(plan, key) === 'zeroshot')?.key;
  if (zeroShot === undefined || plan.shots.length > 1) return [];
  const shots = plan.shots[0] ?? 0;
  return plan.methods.flatMap(({ key: method }) => {
    if (method === zeroShot) return [];
    const subject = { method, shots: methodLearns(plan, method) ? shots : 0 };
    return compareMethods(plan, cells, backbone, subject, { method: zeroShot, shots: 0 }) ?? [];
  });
}

const SINGLE = [
  'overview',
  'headline',
  'contextLength',
  'intervals',
  'overZeroShot',
  'gain',
  'classGain',
  'loss',
  'trainingAccuracy',
] as const;

function distinctFigures(figures: BackboneFigures): readonly ReportFigure[] {
  const { plots, validation, confusions } = figures;
  const [overview, , ...others] = SINGLE.map((name) => figures[name]);
  const all = [overview, ...plots, ...others, ...validation, ...confusions];
  return all.filter((figure) => figure !== undefined);
}

function pageFigures(
  figures: BackboneFigures,
  drawn: ReadonlyMap<string, PageFigure>,
): Omit<BackbonePart['figures'], 'panels' | 'confusions'> {
  return Object.fromEntries(
    SINGLE.flatMap((name) => {
      const drawing = drawn.get(figures[name]?.name ?? '');
      return drawing === undefined ? [] : [[name, drawing]];
    }),
  );
}
