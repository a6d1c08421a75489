import { UserError } from '../config/index.ts';
import type { Dataset, Datum } from './dataset.ts';
import { PythonRandom } from './python-random.ts';

/** Most validation pictures a class, whatever the shots (CoOp's own rule). */
export const MAX_VALIDATION_SHOTS = 4;

/** Labelled pictures of one draw, class by class in drawing order. */
export interface FewShotDraw {
  readonly train: readonly Datum[];
  readonly val: readonly Datum[];
}

/** Items by label; labels in order of first appearance, items in list order. */
function groupByLabel(items: readonly Datum[]): Map<number, Datum[]> {
  const groups = new Map<number, Datum[]>();
  for (const item of items) {
    const group = groups.get(item.label);
    if (group === undefined) groups.set(item.label, [item]);
    else group.push(item);
  }
  return groups;
}

function drawFrom(groups: Map<number, Datum[]>, shots: number, random: PythonRandom): Datum[] {
  const drawn: Datum[] = [];
  for (const group of groups.values()) {
    drawn.push(...(group.length >= shots ? random.sample(group, shots) : group));
  }
  return drawn;
}

/**
 * Draws `shots` training pictures and min(`shots`, 4) validation pictures of every class.
 *
 * One generator, CPython's `Random(seed)`, goes through the labels of train in order of first appearance and
 * then through those of val. A label with too few pictures gives all it has, in list order, and takes no
 * random number. Without a validation list, `val` is empty.
 *
 * Source: the published few-shot splits of CoOp; their indices are this function's tests.
 *
 * @param dataset Only its key, train and val are read.
 * @param shots Whole number, at least 1.
 * @param seed The run's seed.
 * @throws {UserError} `BAD_SHOTS`: no whole number from 1.
 */
export function drawFewShot(
  dataset: Pick<Dataset, 'key' | 'train' | 'val'>,
  shots: number,
  seed: number,
): FewShotDraw {
  if (!Number.isSafeInteger(shots) || shots < 1) {
    throw new UserError('BAD_SHOTS', {
      where: `few-shot draw from ${dataset.key}`,
      expected: 'a whole number of shots, at least 1',
      found: String(shots),
    });
  }
  const train = groupByLabel(dataset.train);
  const random = new PythonRandom(seed);
  return {
    train: drawFrom(train, shots, random),
    val: drawFrom(groupByLabel(dataset.val), Math.min(shots, MAX_VALIDATION_SHOTS), random),
  };
}
