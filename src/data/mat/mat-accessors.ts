import { missingMat, showName, unexpectedMat, unsupportedMat } from './mat-errors.ts';
import { describeMat, type MatCell, type MatNumbers, type MatStruct, type MatValue } from './mat-value.ts';

/** Refuses a value: by what it is where this program reads no such values, else by what was expected. */
function refuse(value: MatValue, where: string, expected: string): Error {
  return value.kind === 'unreadable'
    ? unsupportedMat(where, expected, value.what)
    : unexpectedMat(where, expected, describeMat(value));
}

/**
 * The value as numbers.
 * @throws {UserError} MAT_UNEXPECTED, MAT_UNSUPPORTED
 */
export function matNumbers(value: MatValue, where: string): MatNumbers {
  if (value.kind !== 'numbers') throw refuse(value, where, 'an array of numbers');
  return value;
}

/**
 * The value as one number.
 * @throws {UserError} MAT_UNEXPECTED: not a 1x1 array of numbers; MAT_UNSUPPORTED
 */
export function matNumber(value: MatValue, where: string): number {
  if (value.kind !== 'numbers' || value.data.length !== 1) throw refuse(value, where, 'one number');
  return value.data[0]!;
}

/**
 * The value as one string; an array without elements is the empty one, as MATLAB's `''` is 0x0.
 * @throws {UserError} MAT_UNEXPECTED: no text, or text of several rows; MAT_UNSUPPORTED
 */
export function matText(value: MatValue, where: string): string {
  if (value.kind !== 'text' || value.rows.length > 1) throw refuse(value, where, 'text of one row');
  return value.rows[0] ?? '';
}

/**
 * The value as an array of structures.
 * @throws {UserError} MAT_UNEXPECTED, MAT_UNSUPPORTED
 */
export function matStruct(value: MatValue, where: string): MatStruct {
  if (value.kind !== 'struct') throw refuse(value, where, 'a struct');
  return value;
}

/**
 * The value as a cell array.
 * @throws {UserError} MAT_UNEXPECTED, MAT_UNSUPPORTED
 */
export function matCell(value: MatValue, where: string): MatCell {
  if (value.kind !== 'cell') throw refuse(value, where, 'a cell array');
  return value;
}

const MOST_NAMES = 20;

/** Names for a message, the first of many. */
export function listNames(names: Iterable<string>): string {
  const all = Array.from(names, showName);
  if (all.length === 0) return 'none';
  const more = all.length > MOST_NAMES ? `, and ${all.length - MOST_NAMES} more` : '';
  return all.slice(0, MOST_NAMES).join(', ') + more;
}

/**
 * One field of all elements of an array of structures.
 * @throws {UserError} MAT_MISSING: no such field; the message lists those that are there.
 */
export function matField(struct: MatStruct, name: string, where: string): readonly MatValue[] {
  const values = struct.fields.get(name);
  if (values !== undefined) return values;
  throw missingMat(
    where,
    `a field ${name}`,
    `fields: ${listNames(struct.fields.keys())}`,
    "check that this is the dataset's own file, not another of the same name",
  );
}
