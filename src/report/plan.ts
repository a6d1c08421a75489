import type { MethodConfig, PlannedCell } from '../config/index.ts';
import type { PaperReference } from './paper/reference.ts';

/** A key of the tables with the words a person reads. */
export interface TitledKey {
  readonly key: string;
  readonly title: string;
}

/** A picture to be put into a page. */
export interface PageImage {
  readonly type: 'image/webp' | 'image/png' | 'image/jpeg';
  readonly bytes: Uint8Array;
}

/** A set of a plan. */
export interface PlannedSet extends TitledKey {
  /** In the order of the labels, where they are known. */
  readonly classNames?: readonly string[];
}

/** What a report shows: the experiment as it was asked for. Everything is in the order of the page. */
export interface ReportPlan {
  /** Short key of the experiment, e.g. `fewshot`; the stem of the figures' file names. */
  readonly experiment: string;
  readonly title: string;
  /** A sentence or two under the title, as plain text. */
  readonly introduction?: string;
  /** The exact command line that made (or continues) the run. */
  readonly command: string;
  /** A report shows these cells only, whatever other records the folder holds. */
  readonly cells: readonly PlannedCell[];
  readonly datasets: readonly PlannedSet[];
  readonly methods: readonly TitledKey[];
  /** Labelled training pictures a class; without the 0 of zero-shot. */
  readonly shots: readonly number[];
  readonly seeds: readonly number[];
  /** Versions of whatever can change a number, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /**
   * True labels of the test pictures of a target, as labels of the set that was learned on, in the order of the records'
   * answers; null where they are not known.
   */
  readonly testLabels?: (dataset: string, target: string) => readonly number[] | null;
  /**
   * A test picture of a target as the model sees it, small, by its place in the order of `testLabels`; null where it
   * cannot be shown.
   */
  readonly testPicture?: (dataset: string, target: string, index: number) => Promise<PageImage | null>;
  /** While a run goes on: after how many seconds the page loads itself again. */
  readonly reloadSeconds?: number;
  /** Remarks printed with the methods, as plain text. */
  readonly notes?: readonly string[];
  /** Published numbers to stand beside ours; without it none do. */
  readonly paper?: PaperReference;
  /** SHA-256 (hex) of the checkpoints that the published numbers are of. */
  readonly paperWeights?: ReadonlySet<string>;
  /** The word for methods of a kind, e.g. "CoOp". */
  readonly kindTitle: (method: MethodConfig) => string;
  /** A method's settings in words, in the order of the page; the same names for all methods of a kind. */
  readonly settingWords: (
    method: MethodConfig,
  ) => readonly { readonly name: string; readonly text: string }[];
}

/** Names of the plan's backbones in order of first appearance. */
export function backbonesOf(plan: ReportPlan): readonly string[] {
  return [...new Set(plan.cells.map(({ cell }) => cell.backbone.name))];
}

/** Title of a key, or the key itself where the list does not have it. */
export function titleOf(list: readonly TitledKey[], key: string): string {
  return list.find((entry) => entry.key === key)?.title ?? key;
}

/** The settings of a method in the plan's first cell that has it; null where none has. */
export function methodSettings(plan: ReportPlan, method: string): MethodConfig | null {
  return plan.cells.find(({ cell }) => cell.method.key === method)?.cell.method ?? null;
}

/** Kind of a method (`zeroshot`, `linear_probe`, `coop`, …), read from the plan's cells. */
export function methodKind(plan: ReportPlan, method: string): string | null {
  return methodSettings(plan, method)?.kind ?? null;
}

/** Whether a method learns from labelled pictures: else it has no shots and no seeds. True for an unknown one. */
export function methodLearns(plan: ReportPlan, method: string): boolean {
  const cell = plan.cells.find(({ cell }) => cell.method.key === method)?.cell;
  return cell === undefined || cell.seed !== null;
}
