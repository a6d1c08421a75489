import { matCell, matText } from './mat-accessors.ts';
import { unexpectedMat } from './mat-errors.ts';
import { describeMat } from './mat-value.ts';
import { readMatVariable } from './read-mat-variable.ts';

/**
 * A variable that is a cell array of texts, as `class_names` (1xK) of Stanford Cars' cars_meta.mat.
 *
 * @throws {UserError} MAT_UNEXPECTED: another kind, a cell that is not text of one row, or no cells; and as
 *   readMatVariable.
 */
export function readTextCells(path: string, variable: string): string[] {
  const where = `${path}: ${variable}`;
  const cell = matCell(readMatVariable(path, variable), where);
  if (cell.items.length === 0) throw unexpectedMat(where, 'a cell array with texts', describeMat(cell));
  // Cells are counted from 1, as MATLAB shows them.
  return cell.items.map((item, i) => matText(item, `${where}{${i + 1}}`));
}
