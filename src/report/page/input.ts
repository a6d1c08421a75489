import type { MethodChoices } from '../chosen.ts';
import type { SetGains } from '../class-gains.ts';
import type { Comparison } from '../compare.ts';
import type { Confusion } from '../confusion.ts';
import type { ReportCost } from '../cost.ts';
import type { BackboneAnswers } from '../findings/finding.ts';
import type { PlannedResult } from '../join.ts';
import type { ReportPlan } from '../plan.ts';
import type { Problems } from '../problems.ts';
import type { ShownRuns } from '../shown-runs.ts';
import type { Strip } from '../strips.ts';
import type { ReportTables } from '../tables.ts';
import type { TestSet } from '../test-sets.ts';
import type { PageFigure } from './figure.ts';

/** What one method chose, with its figure where there is one. */
export interface ChosenPart extends MethodChoices {
  readonly figure?: PageFigure;
}

/** A figure of one test set. */
export interface SetPart {
  readonly set: TestSet;
  readonly figure: PageFigure;
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
  /** Within classes, of the headline's comparison. */
  readonly classGains: readonly SetGains[];
  /** Of the headline's subject; empty where records do not hold what wrong answers were. */
  readonly confusions: readonly Confusion[];
  /** Test pictures with the answers of the headline's two methods. */
  readonly strips: readonly Strip[];
  readonly figures: {
    readonly headline?: PageFigure;
    readonly overview?: PageFigure;
    /** The overview's panels one by one. */
    readonly panels: readonly SetPart[];
    readonly contextLength?: PageFigure;
    readonly intervals?: PageFigure;
    readonly overZeroShot?: PageFigure;
    readonly gain?: PageFigure;
    readonly classGain?: PageFigure;
    readonly confusions: readonly SetPart[];
    readonly loss?: PageFigure;
    readonly trainingAccuracy?: PageFigure;
  };
}

/** Everything the page is made from; it computes nothing itself but words. */
export interface PageInput {
  readonly plan: ReportPlan;
  readonly tables: ReportTables;
  readonly results: readonly PlannedResult[];
  readonly problems: Problems;
  readonly backbones: readonly BackbonePart[];
  /** Figures over all backbones. */
  readonly figures: readonly PageFigure[];
  /** What the paper's conclusions come to; one a backbone. */
  readonly findings: readonly BackboneAnswers[];
  readonly cost: ReportCost;
}
