import { createHash } from 'node:crypto';
import { UserError } from '../../config/index.ts';
import type { Dataset, Datum, PictureRef } from '../dataset.ts';
import { PythonRandom } from '../random/python-random.ts';

/** Most validation pictures a class, whatever the shots (CoOp's own rule). */
export const MAX_VALIDATION_SHOTS = 4;

/** Labelled pictures of one draw, class by class in drawing order. */
export interface FewShotDraw {
  readonly train: readonly Datum[];
  readonly val: readonly Datum[];
  /** List that `val` is from: train where the dataset has no validation list. */
  readonly valFrom: 'train' | 'val';
  /**
   * SHA-256 (hex) of the official draw's names, where its file lies beside the data and differs from what the seed
   * draws; null where the seed decides.
   */
  readonly published: string | null;
}

/** What a draw reads of a dataset. */
export type DrawSource = Pick<Dataset, 'key' | 'train' | 'val' | 'whole' | 'publishedDraw'>;

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
    // Not spread into push: shots may be more than a call takes arguments.
    for (const item of group.length >= shots ? random.sample(group, shots) : group) drawn.push(item);
  }
  return drawn;
}

function digest(draw: Pick<FewShotDraw, 'train' | 'val'>): string {
  const names = (data: readonly Datum[]) => data.map(({ picture }) => picture.name);
  return createHash('sha256')
    .update(JSON.stringify([names(draw.train), names(draw.val)]))
    .digest('hex');
}

/** Validation pictures: from val, or, where there is no such list, from the training pictures that were not drawn. */
function drawValidation(
  dataset: DrawSource,
  groups: Map<number, Datum[]>,
  drawn: readonly Datum[],
  shots: number,
  random: PythonRandom,
): Pick<FewShotDraw, 'val' | 'valFrom'> {
  const count = Math.min(shots, MAX_VALIDATION_SHOTS);
  if (dataset.val.length > 0)
    return { val: drawFrom(groupByLabel(dataset.val), count, random), valFrom: 'val' };
  const taken = new Set(drawn);
  const rest = new Map(
    [...groups].map(([label, items]) => [label, items.filter((item) => !taken.has(item))]),
  );
  return { val: drawFrom(rest, count, random), valFrom: 'train' };
}

function drawWhole(dataset: DrawSource, shots: number, seed: number | bigint): FewShotDraw {
  const groups = groupByLabel(dataset.train);
  const random = new PythonRandom(seed);
  const own = drawFrom(groups, shots, random);
  const official = typeof seed === 'number' ? dataset.publishedDraw?.(shots, seed) : null;
  if (!official) {
    return { train: own, ...drawValidation(dataset, groups, own, shots, random), published: null };
  }
  const train = official.train.map((i) => dataset.train[i]!);
  const seeded = drawValidation(dataset, groups, train, shots, random);
  const val =
    official.val === null
      ? seeded
      : { val: official.val.map((i) => dataset.val[i]!), valFrom: 'val' as const };
  const same = [own, seeded.val].flat();
  const found = [train, val.val].flat();
  const equal = same.length === found.length && same.every((item, i) => item === found[i]);
  const draw = { train, ...val };
  return { ...draw, published: equal ? null : digest(draw) };
}

/** What of a whole dataset's draw lies in a part, as the part's own items. */
function within(part: DrawSource, draw: FewShotDraw): FewShotDraw {
  // Only of what was drawn: half of ImageNet has 640,000 items.
  const drawn = new Set([...draw.train, ...draw.val].map(({ picture }) => picture));
  const own = new Map<PictureRef, Datum>();
  for (const list of [part.train, part.val]) {
    for (const item of list) if (drawn.has(item.picture)) own.set(item.picture, item);
  }
  const kept = (data: readonly Datum[]) => data.flatMap(({ picture }) => own.get(picture) ?? []);
  return { ...draw, train: kept(draw.train), val: kept(draw.val) };
}

/**
 * Draws `shots` training pictures and min(`shots`, 4) validation pictures of every class.
 *
 * One generator, CPython's `Random(seed)`, goes through the labels of train in order of first appearance and
 * then through those of val. A label with too few pictures gives all it has, in list order, and takes no
 * random number. Without a validation list, its pictures come from the training pictures that were not drawn, by
 * the same generator (a departure: the official code gives ImageNet its test pictures for validation). A draw that
 * lies beside the data as the official code saved it goes before what the seed gives. A part of a dataset
 * (`Dataset.whole`) gets what a draw from the whole has of it.
 *
 * Source: the published few-shot splits of CoOp; their indices are this function's tests.
 *
 * @param shots Whole number, at least 1.
 * @param seed The run's seed: any integer.
 * @throws {UserError} `BAD_SHOTS`: no whole number from 1. What is wrong with the official draw's file.
 */
export function drawFewShot(dataset: DrawSource, shots: number, seed: number | bigint): FewShotDraw {
  if (!Number.isSafeInteger(shots) || shots < 1) {
    throw new UserError('BAD_SHOTS', {
      where: `few-shot draw from ${dataset.key}`,
      expected: 'a whole number of shots, at least 1',
      found: String(shots),
    });
  }
  const { whole } = dataset;
  return whole === undefined
    ? drawWhole(dataset, shots, seed)
    : within(dataset, drawWhole(whole, shots, seed));
}
