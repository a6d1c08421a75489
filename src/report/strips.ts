import { answersOf } from './answers.ts';
import { type Comparison, type MethodPoint, rowsBySeed } from './compare.ts';
import type { PageImage, ReportPlan } from './plan.ts';
import type { ScoredRow } from './rows.ts';
import { comparedSets, type TestSet } from './test-sets.ts';

/** What one method said of a picture; null: wrong, and the record does not tell what it said. */
interface StripAnswer {
  readonly right: boolean;
  readonly given: string | null;
}

/** One test picture with its class and what two methods said. */
export interface StripPicture {
  readonly image: PageImage;
  readonly className: string;
  readonly subject: StripAnswer;
  readonly baseline: StripAnswer;
}

/** Some test pictures of one set. */
export interface Strip {
  readonly set: TestSet;
  readonly subject: MethodPoint;
  readonly baseline: MethodPoint;
  /** Of the runs shown; null where nothing is random. */
  readonly seed: number | null;
  readonly pictures: readonly StripPicture[];
}

/** How many pictures of each kind: [baseline right, subject right]. */
const KINDS: readonly (readonly [baseline: boolean, subject: boolean, count: number])[] = [
  [false, true, 3],
  [true, false, 2],
  [false, false, 2],
  [true, true, 1],
];

/**
 * A few test pictures of every compared set, of each kind: put right by the subject, put wrong, wrong with both, right with
 * both; evenly spaced among their kind. Of the first seed that both methods have.
 *
 * @returns None where the plan has no pictures, or records are not of its pictures.
 */
export async function stripsOf(
  plan: ReportPlan,
  cells: readonly ScoredRow[],
  backbone: string,
  { subject, baseline }: Comparison,
): Promise<readonly Strip[]> {
  const { testPicture } = plan;
  if (testPicture === undefined) return [];
  const strips: Strip[] = [];
  for (const set of comparedSets(plan)) {
    const labels = plan.testLabels?.(set.dataset, set.target) ?? null;
    const names = plan.datasets.find(({ key }) => key === set.dataset)?.classNames;
    const ours = rowsBySeed(cells, backbone, subject, set);
    const theirs = rowsBySeed(cells, backbone, baseline, set);
    const found = [...ours].find(([seed]) => theirs.has(seed) || theirs.has(null));
    if (labels === null || names === undefined || found === undefined) continue;
    const [seed, row] = found;
    const [right, left] = [row, theirs.get(seed) ?? theirs.get(null)!].map(({ hits, mistakes }) =>
      hits === null ? null : answersOf(hits, mistakes, labels),
    );
    if (!right || !left) continue;
    const answer = (answers: readonly (number | null)[], i: number): StripAnswer => {
      const given = answers[i] ?? null;
      return { right: given === labels[i], given: given === null ? null : (names[given] ?? null) };
    };
    const pictures: StripPicture[] = [];
    for (const i of chosen(labels, left, right)) {
      const image = await testPicture(set.dataset, set.target, i);
      const className = names[labels[i]!] ?? '';
      if (image !== null) {
        pictures.push({ image, className, subject: answer(right, i), baseline: answer(left, i) });
      }
    }
    if (pictures.length > 0) strips.push({ set, subject, baseline, seed, pictures });
  }
  return strips;
}

/** Places of the pictures to show, kind by kind. */
function chosen(
  labels: readonly number[],
  baseline: readonly (number | null)[],
  subject: readonly (number | null)[],
): readonly number[] {
  return KINDS.flatMap(([left, right, most]) => {
    const mine = labels.flatMap((label, i) => {
      return (baseline[i] === label) === left && (subject[i] === label) === right ? [i] : [];
    });
    const count = Math.min(most, mine.length);
    return Array.from({ length: count }, (_, k) => mine[Math.floor(((k + 0.5) * mine.length) / count)]!);
  });
}
