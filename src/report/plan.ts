import type { Cell, PlannedCell } from '../config/index.ts';

/** A key of the tables with the words a person reads. */
export interface TitledKey {
  readonly key: string;
  readonly title: string;
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
  readonly datasets: readonly TitledKey[];
  readonly methods: readonly TitledKey[];
  /** Labelled training pictures a class; without the 0 of zero-shot. */
  readonly shots: readonly number[];
  readonly seeds: readonly number[];
  /** Versions of whatever can change a number, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Remarks printed with the methods, as plain text. */
  readonly notes?: readonly string[];
}

/** Names of the plan's backbones in order of first appearance. */
export function backbonesOf(plan: ReportPlan): readonly string[] {
  return [...new Set(plan.cells.map(({ cell }) => cell.backbone.name))];
}

/** Title of a key, or the key itself where the list does not have it. */
export function titleOf(list: readonly TitledKey[], key: string): string {
  return list.find((entry) => entry.key === key)?.title ?? key;
}

/** Kind of a method (`zeroshot`, `linear_probe`, `coop`), read from the plan's cells. */
export function methodKind(plan: ReportPlan, method: string): Cell['method']['kind'] | null {
  return plan.cells.find(({ cell }) => cell.method.key === method)?.cell.method.kind ?? null;
}
