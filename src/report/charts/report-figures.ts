import type { TopLevelSpec } from 'vega-lite';
import type { MethodChoices } from '../chosen.ts';
import type { Comparison } from '../compare.ts';
import { slug } from '../format.ts';
import { headlineComparisons, mostShots } from '../headline.ts';
import type { PlannedResult } from '../join.ts';
import { backbonesOf, type ReportPlan } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import { hasTargets } from '../test-sets.ts';
import { dotFigure, dotPlot } from './dot-figure.ts';
import { figurePanels } from './few-shot-data.ts';
import { fewShotFigure, fewShotPlot } from './few-shot-figure.ts';
import { gainFigure } from './gain-figure.ts';
import { intervalFigure } from './interval-figure.ts';
import { lossFigure } from './loss-figure.ts';
import { shiftFigure } from './shift-figure.ts';
import { validationFigure } from './validation-figure.ts';

/** A figure to draw. */
export interface ReportFigure {
  /** File name without ending, e.g. `fewshot-average`. */
  readonly name: string;
  readonly spec: TopLevelSpec;
}

/** The figures of one backbone. Absent where nothing can be drawn yet. */
export interface BackboneFigures {
  /**
   * All test sets: learning curves, or with a single shot count dots. One axis for all sets where one source is
   * scored on several.
   */
  readonly overview?: ReportFigure;
  /** The test set a page shows large: the average, else the only one. */
  readonly headline?: ReportFigure;
  /** One plot a test set of the overview, the headline's too. */
  readonly plots: readonly ReportFigure[];
  /** The subject against every other method, where there are more than the headline tells. */
  readonly intervals?: ReportFigure;
  readonly gain?: ReportFigure;
  readonly loss?: ReportFigure;
  /** Validation curves, by the method that chose on them. */
  readonly validation: readonly (ReportFigure & { readonly of: MethodChoices })[];
}

/** What the figures of one backbone are made from. */
interface FigureInput {
  readonly summary: readonly SummaryRow[];
  readonly backbone: string;
  /** All comparisons, most shots first. */
  readonly comparisons: readonly Comparison[];
  /** Runs whose losses are shown, and their method. */
  /** Of this backbone. */
  readonly choices?: readonly MethodChoices[];
  readonly losses: { readonly method: string; readonly results: readonly PlannedResult[] } | null;
}

/** Fewer intervals than this are read faster from the table. */
const FEWEST_INTERVALS = 3;

/** Specifications of a backbone's figures; nothing is drawn here. */
export function backboneFigures(plan: ReportPlan, input: FigureInput): BackboneFigures {
  const { summary, backbone, comparisons, losses, choices = [] } = input;
  const stem = figureStem(plan, backbone);
  const curves = plan.shots.length > 1;
  const plots = figurePanels(plan, summary, backbone).map((set) => {
    const draw = curves ? fewShotPlot : dotPlot;
    return { name: `${stem}-${slug(set.key)}`, spec: draw(plan, summary, backbone, set) };
  });
  const headline = plots[0];
  const overview = curves ? fewShotFigure : hasTargets(plan) ? shiftFigure : dotFigure;
  const gained = headlineComparisons(plan, comparisons)[0]?.comparison;
  const largest = mostShots(comparisons);
  const loss = losses === null ? null : lossFigure(plan, losses.method, losses.results);
  const validation = choices.flatMap((of) => {
    const spec = validationFigure(plan, of);
    const name = `${stem}-${slug(of.method)}-${slug(of.setting)}`;
    return spec === null ? [] : [{ name, spec, of }];
  });
  return {
    plots,
    validation,
    ...(headline === undefined ? {} : { headline }),
    ...(plots.length === 0 ? {} : { overview: { name: stem, spec: overview(plan, summary, backbone) } }),
    ...(largest.length < FEWEST_INTERVALS || largest.every(({ interval }) => interval === null)
      ? {}
      : { intervals: { name: `${stem}-intervals`, spec: intervalFigure(plan, largest) } }),
    ...(gained === undefined || gained.pairs.length < 2
      ? {}
      : { gain: { name: `${stem}-gain`, spec: gainFigure(plan, gained) } }),
    ...(loss === null ? {} : { loss: { name: `${stem}-loss`, spec: loss } }),
  };
}

/** `fewshot`, or with several backbones `fewshot-rn50`, `fewshot-vit-b-32`. */
function figureStem(plan: ReportPlan, backbone: string): string {
  const backbones = backbonesOf(plan);
  if (backbones.length === 1) return slug(plan.experiment);
  const same = backbones.filter((name) => slug(name) === slug(backbone));
  const number = same.length > 1 ? `-${same.indexOf(backbone) + 1}` : '';
  return `${slug(plan.experiment)}-${slug(backbone)}${number}`;
}
