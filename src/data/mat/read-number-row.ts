import { matNumbers } from './mat-accessors.ts';
import { unexpectedMat } from './mat-errors.ts';
import { describeMat } from './mat-value.ts';
import { readMatVariable } from './read-mat-variable.ts';

/**
 * A variable that is one row, or one column, of numbers, as `labels` of Oxford Flowers' imagelabels.mat (1xN).
 *
 * @throws {UserError} MAT_UNEXPECTED: another kind or shape, or nothing in it; and as readMatVariable.
 */
export function readNumberRow(path: string, variable: string): number[] {
  const where = `${path}: ${variable}`;
  const value = matNumbers(readMatVariable(path, variable), where);
  const { shape, data } = value;
  if (data.length === 0 || shape.filter((size) => size !== 1).length > 1) {
    throw unexpectedMat(where, 'one row of numbers', describeMat(value));
  }
  return Array.from(data);
}
