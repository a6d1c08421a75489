import type { Collection, Picture } from './collect.ts';
import { nearDuplicates, SAME_DRAWING_DISTANCE } from './duplicates.ts';
import type { ClassNeed, Side } from './split.ts';
import { assignSides, SIDES } from './split.ts';
import type { Minima } from './table.ts';

/** `icons` needs the sixteen shots of the largest draw in every class; a theme's finer classes make do with six. */
const ICONS_MINIMA: Minima = { train: 16, test: 4, testFamilies: 3 };
const THEME_MINIMA: Minima = { train: 6, test: 2, testFamilies: 2 };

/** The minima of a dataset. */
export function minimaOf(key: string): Minima {
  return key === 'icons' ? ICONS_MINIMA : THEME_MINIMA;
}

/** A picture with the side it stands on: train, val, test, or the key of a shifted style. */
interface PlacedPicture extends Picture {
  readonly side: string;
}

/** The suite once every rule holds. */
export interface Assembly {
  readonly sides: ReadonlyMap<string, Side>;
  readonly classes: ReadonlyMap<string, readonly string[]>;
  /** Drawings of the source by class, and of each shifted style; after all removals. */
  readonly source: ReadonlyMap<string, readonly Picture[]>;
  readonly shifted: ReadonlyMap<string, ReadonlyMap<string, readonly Picture[]>>;
  /** Near-duplicates of a drawing under another class of one dataset, as "set:icon". */
  readonly ambiguous: readonly string[];
  /** Near-duplicates of a drawing on another side, as "set:icon". */
  readonly repeated: readonly string[];
  /** Classes below a minimum, as "dataset: class (counts)". */
  readonly dropped: readonly string[];
}

function nameOf(picture: Picture): string {
  return `${picture.set}:${picture.icon}`;
}

/** Pictures by family, one column a dataset. */
function countByFamily(
  classes: ReadonlyMap<string, readonly string[]>,
  source: ReadonlyMap<string, readonly Picture[]>,
): Map<string, number[]> {
  const counts = new Map<string, number[]>();
  for (const [column, names] of [...classes.values()].entries()) {
    for (const picture of names.flatMap((name) => source.get(name) ?? [])) {
      const own = counts.get(picture.family) ?? Array.from({ length: classes.size }, () => 0);
      own[column]++;
      counts.set(picture.family, own);
    }
  }
  return counts;
}

/** Some drawings will be removed as repeated, so the division aims at this much more than the minimum. */
const SPARE_PICTURES = 1;

/** What every class of every dataset needs. */
function needsOf(
  classes: ReadonlyMap<string, readonly string[]>,
  source: ReadonlyMap<string, readonly Picture[]>,
): ClassNeed[] {
  return [...classes].flatMap(([key, names]) => {
    const { train, test } = minimaOf(key);
    return names.map((name) => {
      const pictures = new Map<string, number>();
      for (const { family } of source.get(name) ?? []) pictures.set(family, (pictures.get(family) ?? 0) + 1);
      return { pictures, train: train + SPARE_PICTURES, test: test + SPARE_PICTURES };
    });
  });
}

/** Removes both of two near-equal drawings that stand under different classes of one dataset. */
function findAmbiguous(
  pictures: readonly PlacedPicture[],
  classes: ReadonlyMap<string, readonly string[]>,
): Set<string> {
  const datasetsOf = new Map<string, Set<string>>();
  for (const [key, names] of classes) {
    for (const name of names) datasetsOf.set(name, (datasetsOf.get(name) ?? new Set()).add(key));
  }
  const shareDataset = (a: string, b: string): boolean =>
    [...(datasetsOf.get(a) ?? [])].some((key) => datasetsOf.get(b)?.has(key) ?? false);
  const found = new Set<string>();
  const related = (a: PlacedPicture, b: PlacedPicture): boolean =>
    a.className !== b.className && shareDataset(a.className, b.className);
  for (const [a, b] of nearDuplicates(pictures, related, SAME_DRAWING_DISTANCE)) {
    found.add(nameOf(a)).add(nameOf(b));
  }
  return found;
}

/** Fewest drawings, greedily, whose removal leaves no near-duplicates on different sides. */
function findRepeated(pictures: readonly PlacedPicture[]): Set<string> {
  const partners = new Map<string, Set<string>>();
  const sideOf = new Map<string, string>();
  for (const [a, b] of nearDuplicates(pictures, (a, b) => a.side !== b.side)) {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ]) {
      partners.set(nameOf(one), (partners.get(nameOf(one)) ?? new Set()).add(nameOf(other)));
      sideOf.set(nameOf(one), one.side);
    }
  }
  // Between equals a training picture goes first: there are most of them.
  const order = ['train', 'val', 'test'];
  const rank = (name: string): number => {
    const place = order.indexOf(sideOf.get(name)!);
    return place < 0 ? order.length : place;
  };
  const removed = new Set<string>();
  for (;;) {
    const left = [...partners].filter(([, others]) => others.size > 0);
    if (left.length === 0) return removed;
    const [name, others] = left.reduce((worst, next) => {
      const difference = next[1].size - worst[1].size || rank(worst[0]) - rank(next[0]);
      return difference > 0 || (difference === 0 && next[0] < worst[0]) ? next : worst;
    });
    removed.add(name);
    for (const other of others) partners.get(other)!.delete(name);
    partners.delete(name);
  }
}

function without<T extends Picture>(
  byClass: ReadonlyMap<string, readonly T[]>,
  removed: ReadonlySet<string>,
): Map<string, T[]> {
  return new Map(
    [...byClass].map(([name, own]) => [name, own.filter((picture) => !removed.has(nameOf(picture)))]),
  );
}

/** What a class has on one side of the source. */
function onSide(
  pictures: readonly Picture[],
  sides: ReadonlyMap<string, Side>,
  side: Side,
): readonly Picture[] {
  return pictures.filter((picture) => sides.get(picture.family) === side);
}

/**
 * Divides the families, removes drawings that stand under two labels or on two sides, and drops classes below
 * their minimum; again from the start with the classes that are left, until none is dropped.
 */
export function assemble(collection: Collection): Assembly {
  let classes = collection.classes;
  const dropped: string[] = [];
  for (;;) {
    const used = new Set([...classes.values()].flat());
    const source = new Map([...collection.source].filter(([name]) => used.has(name)));
    const icons = new Set(classes.get('icons'));
    const shifted = new Map(
      [...collection.shifted].map(([style, byClass]) => {
        return [style, new Map([...byClass].filter(([name]) => icons.has(name)))] as const;
      }),
    );
    const sides = assignSides(countByFamily(classes, source), needsOf(classes, source));
    const placed: PlacedPicture[] = [
      ...[...source.values()].flat().map((picture) => ({ ...picture, side: sides.get(picture.family)! })),
      ...[...shifted].flatMap(([style, byClass]) =>
        [...byClass.values()].flat().map((picture) => ({ ...picture, side: style })),
      ),
    ];
    const ambiguous = findAmbiguous(placed, classes);
    const repeated = findRepeated(placed.filter((picture) => !ambiguous.has(nameOf(picture))));
    const removed = new Set([...ambiguous, ...repeated]);
    const kept = without(source, removed);
    const next = new Map<string, readonly string[]>();
    let stable = true;
    for (const [key, names] of classes) {
      const minima = minimaOf(key);
      const stays = names.filter((name) => {
        const own = kept.get(name) ?? [];
        const [train, , test] = SIDES.map((side) => onSide(own, sides, side));
        const families = new Set(test.map(({ family }) => family)).size;
        const enough =
          train.length >= minima.train && test.length >= minima.test && families >= minima.testFamilies;
        if (!enough) dropped.push(`${key}: ${name} (${train.length} train, ${test.length} test)`);
        return enough;
      });
      stable &&= stays.length === names.length;
      next.set(key, stays);
    }
    if (stable) {
      return {
        sides,
        classes,
        source: kept,
        shifted: new Map([...shifted].map(([style, byClass]) => [style, without(byClass, removed)])),
        ambiguous: [...ambiguous].sort(),
        repeated: [...repeated].sort(),
        dropped,
      };
    }
    classes = next;
  }
}
