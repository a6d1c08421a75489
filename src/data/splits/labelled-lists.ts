import type { Datum, Split } from '../dataset.ts';
import { splitTrainVal } from './split-rules.ts';
import { damagedAnnotation } from './text-list.ts';

/** A picture as a dataset's own list gives it. */
export interface LabelledName {
  /** Path within the picture folder. */
  readonly name: string;
  readonly label: number;
  readonly className: string;
}

/** A list of pictures, with the names of the classes that occur in it. */
export interface LabelledList {
  readonly data: readonly Datum[];
  readonly names: ReadonlyMap<number, string>;
}

/** Pictures of a list, in its order. @param folder Folder that the names start from. */
export function labelledList(rows: readonly LabelledName[], folder: string): LabelledList {
  return {
    data: rows.map(({ name, label }) => ({ picture: { kind: 'file', folder, name }, label })),
    names: new Map(rows.map(({ label, className }) => [label, className])),
  };
}

/**
 * A split from three lists.
 * @param where Names the dataset in errors.
 * @throws {UserError} ANNOTATION_DAMAGED: a label between others occurs nowhere.
 */
export function splitOf(
  lists: { readonly train: LabelledList; readonly val: LabelledList; readonly test: LabelledList },
  where: string,
): Split {
  const names = new Map([...lists.test.names, ...lists.val.names, ...lists.train.names]);
  // As many labels as there are classes: one that is missed shows a gap, however large the largest is.
  const classNames = Array.from({ length: names.size }, (_, label) => {
    const name = names.get(label);
    if (name !== undefined) return name;
    throw damagedAnnotation(where, 'pictures of every label, from 0 without a gap', `none of label ${label}`);
  });
  return { train: lists.train.data, val: lists.val.data, test: lists.test.data, classNames };
}

/**
 * A split from lists of trainval and test pictures: a fifth of each class of trainval is val.
 * @param where Names the dataset in errors.
 * @throws {UserError} CLASS_TOO_SMALL, ANNOTATION_DAMAGED
 */
export function splitLists(trainval: LabelledList, test: LabelledList, where: string): Split {
  const nameOf = ({ label }: Datum): string => trainval.names.get(label) as string;
  const { train, val } = splitTrainVal(trainval.data, ({ label }) => label, where, nameOf);
  const { names } = trainval;
  return splitOf({ train: { data: train, names }, val: { data: val, names }, test }, where);
}
