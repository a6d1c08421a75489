import { matField, matNumber, matStruct, matText } from './mat-accessors.ts';
import { unexpectedMat } from './mat-errors.ts';
import { describeMat, type MatStruct, type MatValue } from './mat-value.ts';
import { readMatVariable } from './read-mat-variable.ts';

function readColumn<V>(
  struct: MatStruct,
  name: string,
  where: string,
  read: (value: MatValue, where: string) => V,
): [string, V[]] {
  const values = matField(struct, name, where);
  // Elements are counted from 1, as MATLAB shows them.
  return [name, values.map((value, i) => read(value, `${where}(${i + 1}).${name}`))];
}

/**
 * A variable that is an array of structures, an object an element, as `annotations` (1xN) of Stanford Cars'
 * cars_train_annos.mat with its text `fname` and its number `class`. Other fields are passed over.
 *
 * @param fields Those to read: text of one row, or one number.
 * @throws {UserError} MAT_MISSING: no such field. MAT_UNEXPECTED: another kind, or no elements. And as
 *   readMatVariable.
 */
export function readStructRows<T extends string, N extends string>(
  path: string,
  variable: string,
  fields: { readonly texts: readonly T[]; readonly numbers: readonly N[] },
): (Record<T, string> & Record<N, number>)[] {
  const where = `${path}: ${variable}`;
  const struct = matStruct(readMatVariable(path, variable), where);
  const count = struct.shape.reduce((product, size) => product * size, 1);
  if (count === 0) throw unexpectedMat(where, 'a struct with elements', describeMat(struct));
  const columns: readonly [string, readonly (string | number)[]][] = [
    ...fields.texts.map((name) => readColumn(struct, name, where, matText)),
    ...fields.numbers.map((name) => readColumn(struct, name, where, matNumber)),
  ];
  if (columns.length === 0) return [];
  return Array.from(
    { length: count },
    (_, i) =>
      Object.fromEntries(columns.map(([name, values]) => [name, values[i]!])) as Record<T, string> &
        Record<N, number>,
  );
}
