import { byCodePoint } from '../folders/picture-names.ts';
import { someOf } from '../splits/check-split.ts';
import { ownProblem, shownText } from './own-problems.ts';
import type { OwnSettings } from './own-settings.ts';

/** Classes by the text of their labels. */
export interface OwnClasses {
  readonly names: readonly string[];
  readonly labelOf: ReadonlyMap<string, number>;
}

const isNumber = (text: string): boolean => /^\d{1,9}$/.test(text);

function checkDistinct(names: readonly string[], where: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    // Prompts replace underscores, so these two would be one class to the text tower.
    const plain = name.replaceAll('_', ' ').trim();
    if (seen.has(plain))
      throw ownProblem(where, 'classes of different names', `two of ${shownText(plain)}`, 'name them apart');
    seen.add(plain);
  }
}

/** Labels that are numbers from 0, with names in a list: a label is its place in the list. */
function numberedClasses(labels: readonly string[], names: readonly string[], where: string): OwnClasses {
  const outside = labels.find((label) => Number(label) >= names.length);
  if (outside !== undefined) {
    throw ownProblem(
      where,
      `names for all labels, up to ${outside}`,
      `${names.length} names`,
      'labels count from 0',
    );
  }
  const labelOf = new Map(labels.map((label) => [label, Number(label)]));
  return { names, labelOf };
}

/**
 * Numbers the classes: by the labels themselves where these are numbers and names are listed; else by the sorted
 * texts of the labels.
 *
 * @param texts Labels, or names of folders, each once.
 * @param beside Class names that stand beside labels in a table. @param where Names the dataset in errors.
 * @throws {UserError} OWN_DATA: names that do not fit.
 */
export function numberClasses(
  texts: readonly string[],
  beside: ReadonlyMap<string, string>,
  { classNames, classNamesFrom }: Pick<OwnSettings, 'classNames' | 'classNamesFrom'>,
  where: string,
): OwnClasses {
  const numeric = texts.every(isNumber);
  const listed =
    classNames !== null && !(classNames instanceof Map) ? (classNames as readonly string[]) : null;
  if (numeric && listed !== null) {
    checkDistinct(listed, classNamesFrom);
    return numberedClasses(texts, listed, classNamesFrom);
  }
  const sorted = [...texts].sort(numeric ? (a, b) => Number(a) - Number(b) : byCodePoint);
  const labelOf = new Map(sorted.map((text, label) => [text, label]));
  const byText = classNames instanceof Map ? (classNames as ReadonlyMap<string, string>) : beside;
  if (classNames instanceof Map) {
    const unknown = [...classNames.keys()].filter((text) => !labelOf.has(text));
    if (unknown.length > 0)
      throw ownProblem(
        classNamesFrom,
        `labels or folders among ${someOf(sorted)}`,
        someOf(unknown),
        'check their spelling',
      );
  }
  if (listed !== null && listed.length !== sorted.length) {
    throw ownProblem(
      classNamesFrom,
      `${sorted.length} names, in the order of the sorted labels ${someOf(sorted)}`,
      `${listed.length}`,
      'or an object of names by label',
    );
  }
  const names = sorted.map((text, label) => listed?.[label] ?? byText.get(text) ?? text);
  const nameless = names.filter(isNumber);
  if (numeric && nameless.length > 0) {
    throw ownProblem(
      where,
      'names of the classes, since a prompt is made of them',
      `numbers only: ${someOf(nameless)}`,
      '--class-names FILE, classNames in dataset.json, or a column class_name',
    );
  }
  checkDistinct(names, where);
  return { names, labelOf };
}
