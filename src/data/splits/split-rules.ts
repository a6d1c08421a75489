import { UserError } from '../../config/index.ts';
import { PythonRandom } from '../random/python-random.ts';

/** Parts of every class that go to train and to val; the rest is test. */
const TRAIN_FRACTION = 0.5;
const VAL_FRACTION = 0.2;

/** Part of every class's trainval pictures that goes to val, for datasets that come with a test list. */
const TRAINVAL_FRACTION = 0.2;

/**
 * Seed of every split that is made here, whatever a run's seed. The official code shuffles with the run's seed and
 * saves the result, so that its test set depends on which run came first.
 */
const SPLIT_SEED = 1;

/** Python's `round`: halves go to the even neighbour. */
export function pythonRound(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function tooSmall(where: string, name: string, count: number, expected: string): UserError {
  return new UserError('CLASS_TOO_SMALL', {
    where: `${where}: ${name}`,
    expected,
    found: count === 0 ? 'no picture' : `${count} picture${count === 1 ? '' : 's'}`,
    hint: 'add pictures, leave the class out, or give a split',
  });
}

/**
 * Cuts every class into half for training, a fifth for validation, and the rest for testing, after Python's shuffle.
 * One generator of seed 1 goes through the classes in their order.
 *
 * Source: CoOp's rule for sets without a split of their own.
 *
 * @param groups Items by class; a class's items in the order that the shuffle starts from.
 * @param where Names the dataset in errors. @param nameOf Names a class by its index.
 * @throws {UserError} CLASS_TOO_SMALL: one of the three parts of a class would be empty.
 */
export function splitByFractions<T>(
  groups: readonly (readonly T[])[],
  where: string,
  nameOf: (index: number) => string = (index) => `class ${index}`,
): { train: T[]; val: T[]; test: T[] } {
  const random = new PythonRandom(SPLIT_SEED);
  const [train, val, test]: [T[], T[], T[]] = [[], [], []];
  for (const [index, group] of groups.entries()) {
    const items = [...group];
    random.shuffle(items);
    const inTrain = pythonRound(items.length * TRAIN_FRACTION);
    const inVal = pythonRound(items.length * VAL_FRACTION);
    if (inTrain === 0 || inVal === 0 || items.length === inTrain + inVal) {
      throw tooSmall(
        where,
        nameOf(index),
        items.length,
        'enough pictures for all three parts: half train, a fifth val, the rest test',
      );
    }
    // Not spread into push: a class may have more pictures than a call takes arguments.
    for (const [i, item] of items.entries()) {
      if (i < inTrain) train.push(item);
      else if (i < inTrain + inVal) val.push(item);
      else test.push(item);
    }
  }
  return { train, val, test };
}

/**
 * Takes a fifth of each class for validation, after Python's shuffle. One generator of seed 1 goes through the
 * classes in order of first appearance.
 *
 * Source: CoOp's rule for sets that come with lists of training and test pictures.
 *
 * @param groupOf What tells classes apart. @param where Names the dataset in errors. @param nameOf Names an item's class.
 * @throws {UserError} CLASS_TOO_SMALL: a fifth of a class is no picture.
 */
export function splitTrainVal<T>(
  items: readonly T[],
  groupOf: (item: T) => number,
  where: string,
  nameOf: (item: T) => string,
): { train: T[]; val: T[] } {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(groupOf(item));
    if (group === undefined) groups.set(groupOf(item), [item]);
    else group.push(item);
  }
  const random = new PythonRandom(SPLIT_SEED);
  const [train, val]: [T[], T[]] = [[], []];
  for (const group of groups.values()) {
    const inVal = pythonRound(group.length * TRAINVAL_FRACTION);
    if (inVal === 0) {
      throw tooSmall(
        where,
        nameOf(group[0]!),
        group.length,
        'at least 3 pictures: a fifth, rounded, is validation',
      );
    }
    random.shuffle(group);
    for (const [i, item] of group.entries()) (i < inVal ? val : train).push(item);
  }
  return { train, val };
}
