import { inflateSync } from 'node:zlib';
import { systemErrorCode } from '../../files/index.ts';
import { type MatContext, readArray } from './mat-array.ts';
import { bytesOf, type MatElement, MI, readElements, viewOf } from './mat-elements.ts';
import { damagedMat } from './mat-errors.ts';
import { HEADER_BYTES, readMatHeader } from './mat-header.ts';
import { MAT_LIMITS, type MatLimits, openBudget, overBudget } from './mat-limits.ts';
import type { MatValue } from './mat-value.ts';

/** Unpacks a zlib stream, and no further than the budget goes. */
function inflate(data: DataView, { budget, where }: MatContext): Uint8Array {
  const left = budget.left();
  if (left < 1) throw overBudget(budget.limits, where);
  let unpacked: Uint8Array;
  try {
    unpacked = inflateSync(bytesOf(data), { maxOutputLength: left });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ERR_BUFFER_TOO_LARGE') throw overBudget(budget.limits, where);
    if (!code?.startsWith('Z_')) throw error;
    throw damagedMat(where, 'a compressed variable', (error as Error).message, error);
  }
  budget.spend(unpacked.byteLength, where);
  return unpacked;
}

/** The element itself, or the only one that it is the packed form of. */
function unpack(element: MatElement, context: MatContext): MatElement {
  if (element.type !== MI.COMPRESSED) return element;
  return readElements(viewOf(inflate(element.data, context)), context.littleEndian).next(context.where);
}

/**
 * Reads the variables of a MATLAB 5 file (MATLAB's -v6 and -v7, scipy's default), compressed or not, of either byte
 * order. Real numbers, truth values, text, cell arrays and structs are read; sparse and complex arrays, objects,
 * function handles and 64-bit integers beyond 2^53 come back as unreadable values, which the accessors refuse.
 *
 * @param where Names the file in errors.
 * @param limits Bounds on memory and nesting.
 * @returns By name, in the file's order; of two with one name the last, as in MATLAB.
 * @throws {UserError} MAT_UNSUPPORTED: a file of level 4 or 7.3. MAT_DAMAGED: not a .mat file, or cut or altered.
 *   MAT_TOO_LARGE: beyond `limits`.
 *
 * Source: MathWorks, "MAT-File Format".
 */
export function readMat(
  bytes: Uint8Array,
  where: string,
  limits: MatLimits = MAT_LIMITS,
): ReadonlyMap<string, MatValue> {
  const { littleEndian } = readMatHeader(bytes, where);
  const context: MatContext = { littleEndian, budget: openBudget(limits), where };
  const elements = readElements(viewOf(bytes.subarray(HEADER_BYTES)), littleEndian);
  const variables = new Map<string, MatValue>();
  while (elements.left() > 0) {
    const element = unpack(elements.next(where), context);
    if (element.type !== MI.MATRIX) throw damagedMat(where, 'a variable', `data of type ${element.type}`);
    const { name, value } = readArray(element.data, context, where, 1);
    // Without a name: what MATLAB keeps of objects and function handles beside the variables.
    if (name !== '') variables.set(name, value);
  }
  return variables;
}
