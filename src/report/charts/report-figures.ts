import type { TopLevelSpec } from 'vega-lite';
import type { Comparison } from '../compare.ts';
import { slug } from '../format.ts';
import type { PlannedResult } from '../join.ts';
import { backbonesOf, type ReportPlan } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import { fewShotFigure, fewShotPanels, fewShotPlot } from './few-shot-figure.ts';
import { gainFigure } from './gain-figure.ts';
import { lossFigure } from './loss-figure.ts';

/** A figure to draw. */
export interface ReportFigure {
  /** File name without ending, e.g. `fewshot-average`. */
  readonly name: string;
  readonly spec: TopLevelSpec;
}

/** The figures of one backbone. Absent where nothing can be drawn yet. */
export interface BackboneFigures {
  /** All panels. */
  readonly curves?: ReportFigure;
  /** The panel a page shows large: the average, else the only dataset. */
  readonly headline?: ReportFigure;
  /** One plot a panel of `curves`, the headline's too. */
  readonly plots: readonly ReportFigure[];
  readonly gain?: ReportFigure;
  readonly loss?: ReportFigure;
}

/** What the figures of one backbone are made from. */
interface FigureInput {
  readonly summary: readonly SummaryRow[];
  readonly backbone: string;
  /** The comparison that the page starts with. */
  readonly comparison: Comparison | null;
  /** Runs whose losses are shown, and their method. */
  readonly losses: { readonly method: string; readonly results: readonly PlannedResult[] } | null;
}

/** Specifications of a backbone's figures; nothing is drawn here. */
export function backboneFigures(plan: ReportPlan, input: FigureInput): BackboneFigures {
  const { summary, backbone, comparison, losses } = input;
  const stem = figureStem(plan, backbone);
  const panels = fewShotPanels(plan, summary, backbone);
  const plots = panels.map((panel) => {
    return { name: `${stem}-${slug(panel.key)}`, spec: fewShotPlot(plan, summary, backbone, panel) };
  });
  const headline = plots[0];
  const loss = losses === null ? null : lossFigure(plan, losses.method, losses.results);
  return {
    plots,
    ...(headline === undefined ? {} : { headline }),
    ...(plots.length === 0 ? {} : { curves: { name: stem, spec: fewShotFigure(plan, summary, backbone) } }),
    ...(comparison === null || comparison.pairs.length < 2
      ? {}
      : { gain: { name: `${stem}-gain`, spec: gainFigure(plan, comparison) } }),
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
