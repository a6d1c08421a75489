import { UserError } from '../src/config/index.ts';
import { type Dataset, someOf } from '../src/data/index.ts';

const equal = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

/**
 * A target with its labels counted as its source's, so that the source's classifier can be scored on it.
 *
 * Classes are matched by `classIds` where both have them, else by name. The target may have fewer of them.
 *
 * @throws {UserError} OTHER_CLASSES: a class that the source does not have, or has twice.
 */
export function inClassesOf(target: Dataset, source: Dataset): Dataset {
  const [own, theirs] =
    target.classIds && source.classIds
      ? [target.classIds, source.classIds]
      : [target.classNames, source.classNames];
  if (equal(own, theirs)) return target;
  const labels = new Map(theirs.map((name, label) => [name, label]));
  const unknown = own.filter((name) => !labels.has(name));
  const ambiguous = labels.size < theirs.length || new Set(own).size < own.length;
  if (unknown.length > 0 || ambiguous) {
    throw new UserError('OTHER_CLASSES', {
      where: `${target.key} as a target of ${source.key}`,
      expected: `classes that are among the ${theirs.length} of ${source.key}`,
      found: unknown.length > 0 ? `also ${someOf(unknown)}` : 'two classes of one name',
      hint: 'a target needs a source of the same classes: --datasets icons for the icon suite, imagenet for its variants',
    });
  }
  const relabel = own.map((name) => labels.get(name) as number);
  const { classIds, ...rest } = target;
  return {
    ...rest,
    classNames: source.classNames,
    ...(source.classIds && { classIds: source.classIds }),
    test: target.test.map(({ picture, label }) => ({ picture, label: relabel[label]! })),
  };
}
