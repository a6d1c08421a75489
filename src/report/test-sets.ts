import { plural } from './format.ts';
import { type ReportPlan, type TitledKey, titleOf } from './plan.ts';
import { AVERAGE } from './rows.ts';

/** A place where methods are scored: the rows of the summary with this dataset and this target. */
export interface TestSet {
  /** Stem of its figure's file name; differs between the test sets of one plan. */
  readonly key: string;
  readonly title: string;
  /** Key of the set learned on, or `average`. */
  readonly dataset: string;
  /** Key of the set scored, or `average`. */
  readonly target: string;
}

/** Sets learned on, in the plan's order. */
export function sourcesOf(plan: ReportPlan): readonly TitledKey[] {
  const keys = scoredBySource(plan);
  return plan.datasets.filter(({ key }) => keys.has(key));
}

/** Sets that what was learned on `source` is scored on, besides `source` itself; in the plan's order. */
export function targetsOf(plan: ReportPlan, source: string): readonly TitledKey[] {
  const keys = scoredBySource(plan).get(source);
  return plan.datasets.filter(({ key }) => key !== source && keys?.has(key) === true);
}

/** Keys of the sets scored, by the set learned on. Asked for often, of thousands of cells: found once a plan. */
function scoredBySource(plan: ReportPlan): ReadonlyMap<string, ReadonlySet<string>> {
  const known = SCORED.get(plan.cells);
  if (known !== undefined) return known;
  const found = new Map<string, Set<string>>();
  for (const { cell } of plan.cells) {
    const keys = found.get(cell.dataset.key) ?? new Set<string>();
    for (const { key } of cell.targets) keys.add(key);
    found.set(cell.dataset.key, keys);
  }
  SCORED.set(plan.cells, found);
  return found;
}

const SCORED = new WeakMap<ReportPlan['cells'], ReadonlyMap<string, ReadonlySet<string>>>();

/** Whether the plan scores anything but the sets it learns on: a domain shift. */
export function hasTargets(plan: ReportPlan): boolean {
  return sourcesOf(plan).some(({ key }) => targetsOf(plan, key).length > 0);
}

/**
 * The units that differences between methods are taken over: the targets where the plan has any, else every
 * set's own test pictures. Never both: the question is either the shift or the set itself.
 */
export function comparedSets(plan: ReportPlan): readonly TestSet[] {
  const sources = sourcesOf(plan);
  if (!hasTargets(plan)) return sources.map((source) => ownSet(plan, source));
  return sources.flatMap((source) => {
    return targetsOf(plan, source.key).map((target) => targetSet(plan, source, target));
  });
}

/**
 * Everything a figure shows a panel of, the answer first: the average over the sets (where there are two), then
 * the sets. With targets, for each source: the mean over its targets (where there are two), the targets, the
 * source's own test pictures.
 */
export function shownSets(plan: ReportPlan): readonly TestSet[] {
  const sources = sourcesOf(plan);
  if (!hasTargets(plan)) {
    const own = sources.map((source) => ownSet(plan, source));
    return own.length < 2 ? own : [averageSet(sources.length), ...own];
  }
  return sources.flatMap((source) => {
    const targets = targetsOf(plan, source.key);
    const mean = targets.length < 2 ? [] : [meanSet(plan, source, targets.length)];
    return [...mean, ...targets.map((target) => targetSet(plan, source, target)), ownSet(plan, source)];
  });
}

/** "dataset", or "target" where methods are compared on targets. */
export function unitWord(plan: ReportPlan): 'dataset' | 'target' {
  return hasTargets(plan) ? 'target' : 'dataset';
}

/** What a row of the summary was scored on, in words. */
export function scoredOn(plan: ReportPlan, dataset: string, target: string): string {
  if (target !== AVERAGE) return titleOf(plan.datasets, target);
  return dataset === AVERAGE ? 'Average' : 'Mean over targets';
}

function averageSet(count: number): TestSet {
  return { key: AVERAGE, title: `Average over ${count} sets`, dataset: AVERAGE, target: AVERAGE };
}

function ownSet(plan: ReportPlan, { key, title }: TitledKey): TestSet {
  const words = targetsOf(plan, key).length > 0 ? `${title} (source)` : title;
  return { key, title: words, dataset: key, target: key };
}

function targetSet(plan: ReportPlan, source: TitledKey, target: TitledKey): TestSet {
  const only = sourcesOf(plan).length === 1;
  return {
    key: only ? target.key : `${source.key}-${target.key}`,
    title: only ? target.title : `${source.title} → ${target.title}`,
    dataset: source.key,
    target: target.key,
  };
}

function meanSet(plan: ReportPlan, source: TitledKey, count: number): TestSet {
  const words = `Mean over ${plural(count, 'target')}`;
  const only = sourcesOf(plan).length === 1;
  return {
    key: only ? 'targets' : `${source.key}-targets`,
    title: only ? words : `${source.title} → ${words.toLowerCase()}`,
    dataset: source.key,
    target: AVERAGE,
  };
}
