import type { ReportPlan } from './plan.ts';
import { AVERAGE, type CellRow, type SummaryRow } from './rows.ts';
import { mean, populationStd } from './statistics.ts';

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
 * Averages over seeds, and over the plan's datasets.
 *
 * An average over datasets exists only where every dataset has results: it is taken for each seed that all
 * of them have, and mean and std are those of these per-seed averages.
 *
 * @throws {Error} Two cells share dataset, backbone, method, shots, target and seed (our own bug: they would
 *   count twice).
 */
export function summarise(plan: ReportPlan, cells: readonly CellRow[]): readonly SummaryRow[] {
  const groups = groupCells(cells);
  const rows = groups.map((group) => summaryRow(group, 1));
  return [...rows, ...averageRows(plan, groups)];
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

function averageRows(plan: ReportPlan, groups: readonly Group[]): readonly SummaryRow[] {
  if (plan.datasets.length < 2) return [];
  const combinations = new Map<string, Map<string, Group>>();
  for (const group of groups) {
    if (group.target !== group.dataset) continue;
    const id = JSON.stringify([group.backbone, group.method, group.shots]);
    const members = combinations.get(id) ?? new Map<string, Group>();
    combinations.set(id, members.set(group.dataset, group));
  }
  return [...combinations.values()].flatMap((members) => {
    const all = plan.datasets.map(({ key }) => members.get(key)).filter((group) => group !== undefined);
    const first = all[0];
    if (first === undefined || all.length < plan.datasets.length) return [];
    const seeds = new Map<number | null, SeedScore>();
    for (const seed of first.seeds.keys()) {
      const scores = all.map((group) => group.seeds.get(seed)).filter((score) => score !== undefined);
      if (scores.length < all.length) continue;
      const accuracy = mean(scores.map((score) => score.accuracy));
      seeds.set(seed, { accuracy, macro: mean(scores.map((score) => score.macro)) });
    }
    if (seeds.size === 0) return [];
    const { backbone, method, shots } = first;
    const average = { dataset: AVERAGE, target: AVERAGE, backbone, method, shots, seeds };
    return [summaryRow(average, all.length)];
  });
}

function summaryRow(group: Group, datasets: number): SummaryRow {
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
