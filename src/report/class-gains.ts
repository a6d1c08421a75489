import type { MethodPoint } from './compare.ts';
import type { PerClassRow } from './per-class.ts';
import type { ReportPlan } from './plan.ts';
import { comparedSets, type TestSet } from './test-sets.ts';

/** What one method has more than another within one class; accuracies as fractions over the seeds' pictures. */
export interface ClassGain {
  readonly label: number;
  readonly name: string;
  readonly subject: number;
  readonly baseline: number;
  /** subject − baseline */
  readonly gain: number;
  /** Test pictures of the class. */
  readonly pictures: number;
}

/** The classes of one test set, the largest gain first. */
export interface SetGains {
  readonly set: TestSet;
  readonly gains: readonly ClassGain[];
}

/** Gains within classes on every compared set where both methods have results. */
export function classGains(
  plan: ReportPlan,
  rows: readonly PerClassRow[],
  backbone: string,
  subject: MethodPoint,
  baseline: MethodPoint,
): readonly SetGains[] {
  const mine = rows.filter((row) => row.backbone === backbone);
  return comparedSets(plan).flatMap((set) => {
    const of = ({ method, shots }: MethodPoint) =>
      new Map(
        mine.flatMap((row) => {
          const here = row.dataset === set.dataset && row.target === set.target;
          return here && row.method === method && row.shots === shots ? [[row.class, row] as const] : [];
        }),
      );
    const others = of(baseline);
    const gains = [...of(subject)].flatMap(([label, row]): ClassGain[] => {
      const other = others.get(label);
      if (other === undefined) return [];
      const [ours, theirs] = [row.correct / row.count, other.correct / other.count];
      const name = row.class_name ?? `class ${label}`;
      return [
        {
          label,
          name,
          subject: ours,
          baseline: theirs,
          gain: ours - theirs,
          pictures: row.count / row.seeds,
        },
      ];
    });
    gains.sort((a, b) => b.gain - a.gain || a.label - b.label);
    return gains.length === 0 ? [] : [{ set, gains }];
  });
}
