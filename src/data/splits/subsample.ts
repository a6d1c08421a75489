import { createHash } from 'node:crypto';
import { UserError } from '../../config/index.ts';
import type { Dataset, Datum } from '../dataset.ts';

/** Half of a dataset's classes. */
export type ClassHalf = 'base' | 'new';

/**
 * One half of a dataset's classes, labels counted from 0: the sorted labels of train are cut after ceil(K / 2), the
 * first part is base, the second new.
 *
 * Few-shot draws are made from the whole and what is outside dropped, as the official code does: the pictures of a
 * base class are those that a run on all classes draws.
 *
 * Source: CoOp's `subsample_classes`.
 *
 * @throws {UserError} NOT_A_SOURCE: no training pictures, whose labels could be cut.
 */
export function halfOf(whole: Dataset, half: ClassHalf): Dataset {
  const labels = [...new Set(whole.train.map(({ label }) => label))].sort((a, b) => a - b);
  if (labels.length === 0) {
    throw new UserError('NOT_A_SOURCE', {
      where: `the ${half} classes of ${whole.key}`,
      expected: 'a dataset with training pictures, whose labels are cut in two',
      found: 'a target of domain shift: test pictures only',
    });
  }
  const cut = Math.ceil(labels.length / 2);
  const kept = half === 'base' ? labels.slice(0, cut) : labels.slice(cut);
  const relabel = new Map(kept.map((label, i) => [label, i]));
  const part = (data: readonly Datum[]): Datum[] =>
    data.flatMap(({ picture, label }) => {
      const own = relabel.get(label);
      return own === undefined ? [] : [{ picture, label: own }];
    });
  const { classIds } = whole;
  return {
    ...whole,
    title: `${whole.title} (${half} classes)`,
    classNames: kept.map((label) => whole.classNames[label]!),
    ...(classIds && { classIds: kept.map((label) => classIds[label]!) }),
    train: part(whole.train),
    val: part(whole.val),
    test: part(whole.test),
    fingerprint: createHash('sha256').update(`${whole.fingerprint} ${half}`).digest('hex'),
    whole,
  };
}
