import type { TopLevelSpec } from 'vega-lite';
import type { MethodChoices } from '../chosen.ts';
import type { SetGains } from '../class-gains.ts';
import type { Comparison } from '../compare.ts';
import type { Confusion } from '../confusion.ts';
import { slug } from '../format.ts';
import { headlineComparisons, mostShots } from '../headline.ts';
import type { PlannedResult } from '../join.ts';
import { backbonesOf, type ReportPlan } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import { hasTargets, type TestSet } from '../test-sets.ts';
import { backboneFigure } from './backbone-figure.ts';
import { classGainFigure } from './class-gain-figure.ts';
import { confusionFigure } from './confusion-figure.ts';
import { contextLengthFigure } from './context-length-figure.ts';
import { dotFigure, dotPanel, dotPlot } from './dot-figure.ts';
import { epochFigure } from './epoch-figure.ts';
import { figurePanels } from './few-shot-data.ts';
import { fewShotFigure, fewShotPanel, fewShotPlot } from './few-shot-figure.ts';
import { gainFigure } from './gain-figure.ts';
import { intervalFigure } from './interval-figure.ts';
import { shiftFigure } from './shift-figure.ts';
import { validationFigure } from './validation-figure.ts';

/** A figure to draw. */
export interface ReportFigure {
  /** File name without ending, e.g. `fewshot-average`. */
  readonly name: string;
  readonly spec: TopLevelSpec;
}

/** A plot of one test set. */
export interface SetFigure extends ReportFigure {
  readonly set: TestSet;
}

/** The figures of one backbone. Absent where nothing can be drawn yet. */
export interface BackboneFigures {
  /**
   * All test sets: learning curves, or with a single shot count dots. One axis for all sets where one source is
   * scored on several.
   */
  readonly overview?: ReportFigure;
  /** The overview's panels one by one, without a legend, for a page that lays them out itself; none of a shift's. */
  readonly panels: readonly SetFigure[];
  /** The test set a page shows large: the average, else the only one. */
  readonly headline?: ReportFigure;
  /** One plot a test set of the overview, the headline's too. */
  readonly plots: readonly ReportFigure[];
  /** The subject against every other method, where there are more than the headline tells. */
  readonly intervals?: ReportFigure;
  /** Every method against zero-shot, where one shot count compares several: prompts, ensembles, fine-tuning. */
  readonly overZeroShot?: ReportFigure;
  readonly contextLength?: ReportFigure;
  readonly gain?: ReportFigure;
  /** Gains within classes. */
  readonly classGain?: ReportFigure;
  /** What the worst classes are taken for, a figure a test set. */
  readonly confusions: readonly SetFigure[];
  readonly loss?: ReportFigure;
  readonly trainingAccuracy?: ReportFigure;
  /** Validation curves, by the method that chose on them. */
  readonly validation: readonly (ReportFigure & { readonly of: MethodChoices })[];
}

/** What the figures of one backbone are made from. */
export interface FigureInput {
  readonly summary: readonly SummaryRow[];
  readonly backbone: string;
  /** All comparisons, most shots first. */
  readonly comparisons: readonly Comparison[];
  /** Of every method against zero-shot. */
  readonly overZeroShot?: readonly Comparison[];
  /** Within the classes, of the headline's comparison. */
  readonly classGains?: readonly SetGains[];
  readonly confusions?: readonly Confusion[];
  /** Of this backbone. */
  readonly choices?: readonly MethodChoices[];
  /** Runs whose losses are shown, and their method. */
  readonly losses: { readonly method: string; readonly results: readonly PlannedResult[] } | null;
}

/** Fewer intervals than this are read faster from the table. */
const FEWEST_INTERVALS = 3;
/** The same of methods against zero-shot. */
const FEWEST_OVER_ZERO_SHOT = 2;

/** Specifications of a backbone's figures; nothing is drawn here. */
export function backboneFigures(plan: ReportPlan, input: FigureInput): BackboneFigures {
  const { summary, backbone, comparisons, losses, choices = [] } = input;
  const stem = figureStem(plan, backbone);
  const curves = plan.shots.length > 1;
  const sets = figurePanels(plan, summary, backbone);
  const plots = sets.map((set) => {
    const draw = curves ? fewShotPlot : dotPlot;
    return { name: `${stem}-${slug(set.key)}`, spec: draw(plan, summary, backbone, set) };
  });
  const panels = sets.map((set) => {
    const draw = curves ? fewShotPanel : dotPanel;
    return { name: `${stem}-${slug(set.key)}`, spec: draw(plan, summary, backbone, set), set };
  });
  const overview = curves ? fewShotFigure : hasTargets(plan) ? shiftFigure : dotFigure;
  const validation = choices.flatMap((of) => {
    const spec = validationFigure(plan, of);
    const name = `${stem}-${slug(of.method)}-${slug(of.setting)}`;
    return spec === null ? [] : [{ name, spec, of }];
  });
  const confusions = (input.confusions ?? []).flatMap((confusion) => {
    const spec = confusionFigure(plan, confusion);
    const { set } = confusion;
    return spec === null ? [] : [{ name: `${stem}-confusion-${slug(set.key)}`, spec, set }];
  });
  const named = <Role extends string>(role: Role, ending: string, spec: TopLevelSpec | null) =>
    (spec === null ? {} : { [role]: { name: `${stem}${ending}`, spec } }) as {
      [Name in Role]?: ReportFigure;
    };
  const epochs = (measure: 'loss' | 'accuracy') =>
    losses === null ? null : epochFigure(plan, losses.method, losses.results, measure);
  return {
    plots,
    panels: curves || !hasTargets(plan) ? panels : [],
    validation,
    confusions,
    ...(plots[0] === undefined ? {} : { headline: plots[0] }),
    ...named('overview', '', plots.length === 0 ? null : overview(plan, summary, backbone)),
    ...named('contextLength', '-context-length', contextLengthFigure(plan, summary, backbone)),
    ...named('intervals', '-intervals', intervalsOf(plan, comparisons)),
    ...named('overZeroShot', '-over-zero-shot', overZeroShotOf(plan, input)),
    ...named('gain', '-gain', gainOf(plan, comparisons)),
    ...named('classGain', '-class-gain', classGainOf(plan, input)),
    ...named('loss', '-loss', epochs('loss')),
    ...named('trainingAccuracy', '-training-accuracy', epochs('accuracy')),
  };
}

/** Figures over all backbones. */
export function plannedFigures(plan: ReportPlan, summary: readonly SummaryRow[]): readonly ReportFigure[] {
  const spec = backboneFigure(plan, summary);
  return spec === null ? [] : [{ name: `${slug(plan.experiment)}-backbones`, spec }];
}

function intervalsOf(plan: ReportPlan, comparisons: readonly Comparison[]): TopLevelSpec | null {
  const largest = mostShots(comparisons);
  const none = largest.length < FEWEST_INTERVALS || largest.every(({ interval }) => interval === null);
  return none ? null : intervalFigure(plan, largest);
}

function overZeroShotOf(plan: ReportPlan, { overZeroShot = [] }: FigureInput): TopLevelSpec | null {
  if (plan.shots.length > 1 || overZeroShot.length < FEWEST_OVER_ZERO_SHOT) return null;
  return intervalFigure(plan, overZeroShot, 'subject');
}

function gainOf(plan: ReportPlan, comparisons: readonly Comparison[]): TopLevelSpec | null {
  const gained = headlineComparisons(plan, comparisons)[0]?.comparison;
  return gained === undefined || gained.pairs.length < 2 ? null : gainFigure(plan, gained);
}

function classGainOf(plan: ReportPlan, { comparisons, classGains = [] }: FigureInput): TopLevelSpec | null {
  const gained = headlineComparisons(plan, comparisons)[0]?.comparison;
  if (gained === undefined || classGains.length === 0) return null;
  return classGainFigure(plan, gained.subject, gained.baseline, classGains);
}

/** `fewshot`, or with several backbones `fewshot-rn50`, `fewshot-vit-b-32`. */
export function figureStem(plan: ReportPlan, backbone: string): string {
  const backbones = backbonesOf(plan);
  if (backbones.length === 1) return slug(plan.experiment);
  const same = backbones.filter((name) => slug(name) === slug(backbone));
  const number = same.length > 1 ? `-${same.indexOf(backbone) + 1}` : '';
  return `${slug(plan.experiment)}-${slug(backbone)}${number}`;
}
