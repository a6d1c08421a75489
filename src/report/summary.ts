import { publishedFor } from './paper/published.ts';
import type { ReportPlan, TitledKey } from './plan.ts';
import { AVERAGE, type CellRow, type SummaryRow } from './rows.ts';
import { mean, populationStd } from './statistics.ts';
import { sourcesOf, targetsOf } from './test-sets.ts';

/** Accuracies of one run (one seed) of a group, as fractions. */
interface SeedScore {
  readonly accuracy: number;
  readonly macro: number;
}

/** All finished runs of one dataset, backbone, method, shot count and target. */
interface Group {
  readonly dataset: string;
  readonly backbone: string;
  readonly method: string;
  readonly shots: number;
  readonly target: string;
  readonly seeds: Map<number | null, SeedScore>;
}

/**
 * Averages over seeds; over the sets learned on (own test pictures); and, of each source, over its targets.
 *
 * An average over sets exists only where there are two or more and every one has results: it is taken for each
 * seed that all of them have, and mean and std are those of these per-seed averages.
 *
 * @throws {Error} Two cells share dataset, backbone, method, shots, target and seed (our own bug: they would
 *   count twice).
 */
export function summarise(plan: ReportPlan, cells: readonly CellRow[]): readonly SummaryRow[] {
  const groups = groupCells(cells);
  const rows = groups.map((group) => summaryRow(group, 1));
  return [...rows, ...averageRows(plan, groups)].map((row) => besidePaper(plan, row));
}

function groupCells(cells: readonly CellRow[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const row of cells) {
    if (row.accuracy === null || row.macro_accuracy === null) continue;
    const { dataset, backbone, method, shots, target, seed } = row;
    const id = JSON.stringify([dataset, backbone, method, shots, target]);
    const group = groups.get(id) ?? { dataset, backbone, method, shots, target, seeds: new Map() };
    if (group.seeds.has(seed)) throw new Error(`internal: two cells of the plan are ${id}, seed ${seed}`);
    group.seeds.set(seed, { accuracy: row.accuracy, macro: row.macro_accuracy });
    groups.set(id, group);
  }
  return [...groups.values()];
}

/** Averages over the sets' own test pictures, then, for each source, over its targets. */
function averageRows(plan: ReportPlan, groups: readonly Group[]): readonly OwnRow[] {
  const sources = sourcesOf(plan);
  const own = groups.filter((group) => group.target === group.dataset);
  const rows = averagesOf(own, sources, ({ dataset }) => dataset, AVERAGE);
  const means = sources.flatMap(({ key }) => {
    const mine = groups.filter((group) => group.dataset === key && group.target !== key);
    return averagesOf(mine, targetsOf(plan, key), ({ target }) => target, key);
  });
  return [...rows, ...means];
}

/** One average for each backbone, method and shot count that has results on all of the sets. */
function averagesOf(
  groups: readonly Group[],
  sets: readonly TitledKey[],
  setOf: (group: Group) => string,
  dataset: string,
): readonly OwnRow[] {
  if (sets.length < 2) return [];
  const combinations = new Map<string, Map<string, Group>>();
  for (const group of groups) {
    const id = JSON.stringify([group.backbone, group.method, group.shots]);
    const members = combinations.get(id) ?? new Map<string, Group>();
    combinations.set(id, members.set(setOf(group), group));
  }
  return [...combinations.values()].flatMap((members) => {
    const all = sets.map(({ key }) => members.get(key)).filter((group) => group !== undefined);
    const first = all[0];
    if (first === undefined || all.length < sets.length) return [];
    const seeds = new Map<number | null, SeedScore>();
    for (const seed of first.seeds.keys()) {
      const scores = all.map((group) => group.seeds.get(seed)).filter((score) => score !== undefined);
      if (scores.length < all.length) continue;
      const accuracy = mean(scores.map((score) => score.accuracy));
      seeds.set(seed, { accuracy, macro: mean(scores.map((score) => score.macro)) });
    }
    if (seeds.size === 0) return [];
    const { backbone, method, shots } = first;
    return [summaryRow({ dataset, target: AVERAGE, backbone, method, shots, seeds }, all.length)];
  });
}

/** Without what was published. */
type OwnRow = Omit<SummaryRow, `paper_${string}`>;

function besidePaper(plan: ReportPlan, row: OwnRow): SummaryRow {
  const published = publishedFor(plan, row);
  return {
    ...row,
    paper_accuracy: published?.accuracy ?? null,
    paper_source: published?.source ?? null,
    paper_doubt: published?.doubt ?? null,
  };
}

function summaryRow(group: Group, datasets: number): OwnRow {
  const scores = [...group.seeds.values()];
  const accuracies = scores.map((score) => score.accuracy);
  const macros = scores.map((score) => score.macro);
  return {
    dataset: group.dataset,
    backbone: group.backbone,
    method: group.method,
    shots: group.shots,
    target: group.target,
    accuracy_mean: mean(accuracies),
    accuracy_std: populationStd(accuracies),
    macro_accuracy_mean: mean(macros),
    macro_accuracy_std: populationStd(macros),
    seeds: scores.length,
    datasets,
  };
}
