import type { PercentileInterval } from '../bootstrap.ts';
import { withinSet } from '../compare.ts';
import type { ScoredRow } from '../rows.ts';
import { mean, pairedInterval, populationStd } from '../statistics.ts';

/** Mean accuracy of one run on one test set, as fractions. */
interface SideScore {
  readonly backbone: string;
  readonly method: string;
  readonly accuracy: number;
  readonly std: number;
  readonly seeds: readonly (number | null)[];
}

/** What two runs have in common: one test set, shot count and method, averaged over seeds. */
export interface RunPair {
  readonly dataset: string;
  readonly target: string;
  readonly shots: number;
  readonly a: SideScore;
  readonly b: SideScore;
  /** Whether both means are over the same seeds, those that both runs have; else each is over all of its own. */
  readonly sameSeeds: boolean;
  /** b − a, as a fraction. */
  readonly difference: number;
  /** Over test pictures; null where they are not the same, or not told. */
  readonly interval: PercentileInterval | null;
  readonly pictures: number | null;
}

/** One method at one shot count over all sets that both runs have. */
export interface RunContrast {
  readonly shots: number;
  readonly methods: readonly [a: string, b: string];
  readonly backbones: readonly [a: string, b: string];
  readonly pairs: readonly RunPair[];
  readonly difference: number;
  /** Student's t over the sets, two-sided 95 %; of one set alone over its test pictures; null: neither. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** Rows of one test set, method, backbone and shot count. */
type Groups = ReadonlyMap<string, readonly ScoredRow[]>;

/** How the backbones and methods of the second run are called in the first, where they stand for each other. */
interface Correspondence {
  readonly backbone: ReadonlyMap<string, string>;
  readonly method: ReadonlyMap<string, string>;
}

/**
 * Pairs what two runs have in common. Backbones and methods pair by their names; where a run has a single one that the
 * other lacks, and the other too, these two stand for each other, so that runs of other models or methods can be compared.
 *
 * @param sameTask Whether two sets of a name have the same test pictures in the same order.
 * @returns Most shots first, in the order of the first run's rows.
 */
export function pairRuns(
  first: readonly ScoredRow[],
  second: readonly ScoredRow[],
  sameTask: (dataset: string, target: string) => boolean,
): readonly RunContrast[] {
  const names: Correspondence = {
    backbone: correspondence(first, second, (row) => row.backbone),
    method: correspondence(first, second, (row) => row.method),
  };
  const theirs = grouped(second, (row) => {
    const backbone = names.backbone.get(row.backbone) ?? row.backbone;
    return { ...row, backbone, method: names.method.get(row.method) ?? row.method };
  });
  const contrasts = new Map<string, RunPair[]>();
  for (const [id, rows] of grouped(first, (row) => row)) {
    const others = theirs.get(id);
    if (others === undefined) continue;
    const { backbone, method, shots, dataset, target } = rows[0]!;
    const pair = runPair(rows, others, sameTask(dataset, target));
    const key = JSON.stringify([backbone, method, shots]);
    contrasts.set(key, [...(contrasts.get(key) ?? []), pair]);
  }
  const all = [...contrasts.values()].map(contrast);
  return all.sort((x, y) => y.shots - x.shots);
}

function correspondence(
  first: readonly ScoredRow[],
  second: readonly ScoredRow[],
  read: (row: ScoredRow) => string,
): ReadonlyMap<string, string> {
  const [ours, theirs] = [first, second].map((rows) => new Set(rows.map(read))) as [Set<string>, Set<string>];
  const [mine, ...more] = [...ours].filter((name) => !theirs.has(name));
  const [other, ...others] = [...theirs].filter((name) => !ours.has(name));
  const single = mine !== undefined && other !== undefined && more.length + others.length === 0;
  return new Map(single ? [[other, mine]] : []);
}

/** Finished rows by what they are about; `rename` says under which names. */
function grouped(rows: readonly ScoredRow[], rename: (row: ScoredRow) => ScoredRow): Groups {
  const groups = new Map<string, ScoredRow[]>();
  for (const row of rows) {
    if (row.accuracy === null) continue;
    const { dataset, target, backbone, method, shots } = rename(row);
    const id = JSON.stringify([dataset, target, backbone, method, shots]);
    groups.set(id, [...(groups.get(id) ?? []), row]);
  }
  return groups;
}

function runPair(first: readonly ScoredRow[], second: readonly ScoredRow[], sameTask: boolean): RunPair {
  const seeds = new Set(second.map(({ seed }) => seed));
  const common = new Set(first.map(({ seed }) => seed).filter((seed) => seeds.has(seed)));
  const sameSeeds = common.size > 0;
  const [ours, theirs] = [first, second].map((rows) => {
    return sameSeeds ? rows.filter(({ seed }) => common.has(seed)) : rows;
  }) as [readonly ScoredRow[], readonly ScoredRow[]];
  const { dataset, target, shots, count } = first[0]!;
  const [a, b] = [sideScore(ours), sideScore(theirs)];
  const terms = [
    { rows: theirs, weight: 1 },
    { rows: ours, weight: -1 },
  ];
  const interval = sameTask ? withinSet(terms) : null;
  const pictures = sameTask ? count : null;
  return { dataset, target, shots, a, b, sameSeeds, difference: b.accuracy - a.accuracy, interval, pictures };
}

function sideScore(rows: readonly ScoredRow[]): SideScore {
  const accuracies = rows.map(({ accuracy }) => accuracy!);
  const { backbone, method } = rows[0]!;
  const seeds = rows.map(({ seed }) => seed);
  return { backbone, method, accuracy: mean(accuracies), std: populationStd(accuracies), seeds };
}

function contrast(pairs: readonly RunPair[]): RunContrast {
  const { shots, a, b } = pairs[0]!;
  const differences = pairs.map(({ difference }) => difference);
  return {
    shots,
    methods: [a.method, b.method],
    backbones: [a.backbone, b.backbone],
    pairs,
    difference: mean(differences),
    interval: pairedInterval(differences) ?? pairs[0]!.interval,
  };
}
