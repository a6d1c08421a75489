import type { MethodChoices } from '../chosen.ts';
import type { Comparison } from '../compare.ts';
import type { ReportCost } from '../cost.ts';
import type { BackboneAnswers } from '../findings/finding.ts';
import type { PlannedResult } from '../join.ts';
import type { ReportPlan } from '../plan.ts';
import type { Problems } from '../problems.ts';
import type { ShownRuns } from '../shown-runs.ts';
import type { ReportTables } from '../tables.ts';
import type { PageFigure } from './figure.ts';

/** What one method chose, with its figure where there is one. */
export interface ChosenPart extends MethodChoices {
  readonly figure?: PageFigure;
}

/** What the page shows of one backbone. */
export interface BackbonePart {
  readonly backbone: string;
  /** Most shots first. */
  readonly comparisons: readonly Comparison[];
  /** CoOp runs at the largest shot count that has any. */
  readonly runs: ShownRuns | null;
  /** Of the methods that choose a setting for themselves. */
  readonly chosen: readonly ChosenPart[];
  readonly figures: {
    readonly headline?: PageFigure;
    readonly overview?: PageFigure;
    readonly intervals?: PageFigure;
    readonly gain?: PageFigure;
    readonly loss?: PageFigure;
  };
}

/** Everything the page is made from; it computes nothing itself but words. */
export interface PageInput {
  readonly plan: ReportPlan;
  readonly tables: ReportTables;
  readonly results: readonly PlannedResult[];
  readonly problems: Problems;
  readonly backbones: readonly BackbonePart[];
  /** What the paper's conclusions come to; one a backbone. */
  readonly findings: readonly BackboneAnswers[];
  readonly cost: ReportCost;
}
