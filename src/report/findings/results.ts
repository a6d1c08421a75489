import type { PlannedResult } from '../join.ts';
import type { TitledKey } from '../plan.ts';
import type { ScoredRow } from '../rows.ts';

/** Finished runs of one method, backbone, shot count and test set, by seed (null: nothing is random). */
export type Runs = ReadonlyMap<number | null, ScoredRow>;

/** Where a number is looked for. */
export interface Place {
  readonly backbone: string;
  readonly method: string;
  readonly shots: number;
  readonly dataset: string;
  readonly target: string;
}

/** All that findings may read: the results of one study or of several, seen from one backbone. */
export interface Results {
  readonly backbone: string;
  /** All of them, for questions between backbones. */
  readonly backbones: readonly string[];
  /** Sets learned on. */
  readonly sets: readonly string[];
  /** Sets that are scored besides the one learned on. */
  readonly shifts: readonly { readonly dataset: string; readonly target: string }[];
  /** Shot counts of methods that learn, the fewest first. */
  readonly shots: readonly number[];
  readonly runs: (place: Place) => Runs | undefined;
  /** Cells with their records, for what methods tell besides scores. */
  readonly cells: readonly PlannedResult[];
  readonly titleOf: (dataset: string) => string;
}

/** What results are gathered from. */
export interface Gathered {
  readonly rows: readonly ScoredRow[];
  readonly cells: readonly PlannedResult[];
  readonly datasets: readonly TitledKey[];
}

const idOf = ({ backbone, method, shots, dataset, target }: Place): string =>
  JSON.stringify([backbone, method, shots, dataset, target]);

/**
 * The results of every backbone. A number that several studies have (a cell that is scored on targets, too, is another
 * cell) counts once: the first.
 */
export function gatherResults({ rows, cells, datasets }: Gathered): readonly Results[] {
  const found = new Map<string, Map<number | null, ScoredRow>>();
  const done = rows.filter(({ accuracy }) => accuracy !== null);
  for (const row of done) {
    const runs = found.get(idOf(row)) ?? new Map<number | null, ScoredRow>();
    if (!runs.has(row.seed)) runs.set(row.seed, row);
    found.set(idOf(row), runs);
  }
  const shifts = new Map<string, { dataset: string; target: string }>();
  for (const { dataset, target } of done) {
    if (dataset !== target) shifts.set(JSON.stringify([dataset, target]), { dataset, target });
  }
  const backbones = [...new Set(done.map(({ backbone }) => backbone))];
  const shots = new Set(done.flatMap(({ seed, shots }) => (seed === null ? [] : [shots])));
  return backbones.map((backbone) => ({
    backbone,
    backbones,
    sets: [...new Set(done.map(({ dataset }) => dataset))],
    shifts: [...shifts.values()],
    shots: [...shots].sort((a, b) => a - b),
    runs: (place) => found.get(idOf(place)),
    cells,
    titleOf: (key) => datasets.find((dataset) => dataset.key === key)?.title ?? key,
  }));
}
