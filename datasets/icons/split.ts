/** The three sides of the source, in the order of a picture's use. */
export const SIDES = ['train', 'val', 'test'] as const;
export type Side = (typeof SIDES)[number];

/** Share of the pictures each side should get. */
const TARGET_SHARE: Readonly<Record<Side, number>> = { train: 0.6, val: 0.12, test: 0.28 };

/** A class and what it needs on the sides to stay in its dataset. */
export interface ClassNeed {
  /** Its pictures by family. */
  readonly pictures: ReadonlyMap<string, number>;
  readonly train: number;
  readonly test: number;
}

/** What a class that misses its needs costs, against a squared relative error of one dataset's share. */
const MISSED_CLASS_COST = 0.02;

/**
 * How far an assignment is from the target shares: the squared relative errors, summed over sides and columns; and
 * the classes that miss their needs.
 */
function costOf(problem: Problem, sides: ReadonlyMap<string, Side>): number {
  let sum = 0;
  for (const side of SIDES) {
    const target = TARGET_SHARE[side];
    for (let column = 0; column < problem.totals.length; column++) {
      let pictures = 0;
      for (const [family, own] of problem.counts) if (sides.get(family) === side) pictures += own[column];
      sum += ((pictures / problem.totals[column] - target) / target) ** 2;
    }
  }
  for (const { pictures, train, test } of problem.needs) {
    let [inTrain, inTest] = [0, 0];
    for (const [family, count] of pictures) {
      const side = sides.get(family);
      if (side === 'train') inTrain += count;
      else if (side === 'test') inTest += count;
    }
    if (inTrain < train || inTest < test) sum += MISSED_CLASS_COST;
  }
  return sum;
}

interface Problem {
  readonly counts: ReadonlyMap<string, readonly number[]>;
  readonly totals: readonly number[];
  readonly needs: readonly ClassNeed[];
}

/**
 * Puts every family on one side, so that each dataset is divided about 60 / 12 / 28 and few classes fall short.
 *
 * The largest families first, each to the side that lacks most; then single moves and swaps while one helps.
 * Nothing is random: the same counts give the same sides.
 *
 * @param counts Pictures by family, one number a dataset.
 * @param needs What every class of every dataset needs.
 */
export function assignSides(
  counts: ReadonlyMap<string, readonly number[]>,
  needs: readonly ClassNeed[],
): Map<string, Side> {
  const columns = [...counts.values()][0]?.length ?? 0;
  const totals = Array.from({ length: columns }, (_, column) =>
    [...counts.values()].reduce((sum, own) => sum + own[column], 0),
  );
  const size = (family: string): number => counts.get(family)!.reduce((sum, count) => sum + count, 0);
  const families = [...counts.keys()].sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1));
  const all = families.reduce((sum, family) => sum + size(family), 0);
  const sides = new Map<string, Side>();
  const filled: Record<Side, number> = { train: 0, val: 0, test: 0 };
  for (const family of families) {
    const lack = (side: Side): number => 1 - filled[side] / (all * TARGET_SHARE[side]);
    const side = SIDES.reduce((best, other) => (lack(other) > lack(best) ? other : best));
    sides.set(family, side);
    filled[side] += size(family);
  }
  const problem: Problem = { counts, totals, needs };
  let best = costOf(problem, sides);
  /** Keeps a change of some families' sides if it helps. */
  const accept = (change: readonly (readonly [string, Side])[]): boolean => {
    const before = change.map(([family]) => [family, sides.get(family)!] as const);
    for (const [family, side] of change) sides.set(family, side);
    const score = costOf(problem, sides);
    if (score < best - 1e-9) {
      best = score;
      return true;
    }
    for (const [family, side] of before) sides.set(family, side);
    return false;
  };
  for (let helped = true; helped; ) {
    helped = false;
    for (const [i, family] of families.entries()) {
      for (const side of SIDES) helped = accept([[family, side]]) || helped;
      for (const other of families.slice(i + 1)) {
        const [mine, theirs] = [sides.get(family)!, sides.get(other)!];
        if (mine !== theirs) {
          helped =
            accept([
              [family, theirs],
              [other, mine],
            ]) || helped;
        }
      }
    }
  }
  return sides;
}
