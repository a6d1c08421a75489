import { UserError } from '../../config/index.ts';
import type { Split } from '../dataset.ts';

/** Names listed before the rest is counted. */
const LISTED = 5;

/** The first few of many names. */
export function someOf(names: readonly string[]): string {
  const rest = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/**
 * Sees that a split can be trained on and tested: two classes at least, each with training pictures, and test
 * pictures at all.
 *
 * @param where Names the dataset in errors.
 * @throws {UserError} CLASS_NOT_IN_TRAIN, TOO_FEW_CLASSES, NO_TEST_PICTURES
 */
export function checkTrainable({ classNames, train, val, test }: Split, where: string): void {
  const trained = new Set(train.map(({ label }) => label));
  const without = classNames.filter((_, label) => !trained.has(label));
  if (without.length > 0) {
    const elsewhere = [...val, ...test].some(({ label }) => !trained.has(label));
    throw new UserError('CLASS_NOT_IN_TRAIN', {
      where,
      expected: 'training pictures of every class',
      found: `none of ${someOf(without)}${elsewhere ? ', which val or test has' : ''}`,
      hint: 'add training pictures of the class, or leave it out of val and test',
    });
  }
  if (classNames.length < 2) {
    throw new UserError('TOO_FEW_CLASSES', {
      where,
      expected: 'at least two classes',
      found: classNames.length === 0 ? 'none' : `one: ${classNames[0]}`,
    });
  }
  if (test.length === 0) {
    throw new UserError('NO_TEST_PICTURES', { where, expected: 'test pictures', found: 'none' });
  }
}
