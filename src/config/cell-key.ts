import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Cell } from './cell.ts';

/** Length of a cell's key in hexadecimal characters (128 bits). */
export const CELL_KEY_LENGTH = 32;

/**
 * Names a cell by its whole resolved configuration: every field counts, the order of fields does not.
 *
 * @returns The first 32 hexadecimal characters of the SHA-256 of the cell's canonical JSON.
 * @throws {TypeError} The cell holds something that is not data, e.g. a NaN learning rate.
 */
export function cellKey(cell: Cell): string {
  return createHash('sha256').update(canonicalJson(cell)).digest('hex').slice(0, CELL_KEY_LENGTH);
}
