import { type MatElement, MI } from './mat-elements.ts';
import { damagedMat } from './mat-errors.ts';
import type { MatShape, MatValue } from './mat-value.ts';

interface StoredType {
  readonly size: number;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number;
}

/** Types a number may be stored as, which may be smaller than its class. */
const STORED: ReadonlyMap<number, StoredType> = new Map<number, StoredType>([
  [MI.INT8, { size: 1, read: (view, at) => view.getInt8(at) }],
  [MI.UINT8, { size: 1, read: (view, at) => view.getUint8(at) }],
  [MI.INT16, { size: 2, read: (view, at, little) => view.getInt16(at, little) }],
  [MI.UINT16, { size: 2, read: (view, at, little) => view.getUint16(at, little) }],
  [MI.INT32, { size: 4, read: (view, at, little) => view.getInt32(at, little) }],
  [MI.UINT32, { size: 4, read: (view, at, little) => view.getUint32(at, little) }],
  [MI.SINGLE, { size: 4, read: (view, at, little) => view.getFloat32(at, little) }],
  [MI.DOUBLE, { size: 8, read: (view, at, little) => view.getFloat64(at, little) }],
  [MI.INT64, { size: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) }],
  [MI.UINT64, { size: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) }],
]);

/**
 * The numbers of an element.
 *
 * @param count Product of `shape`.
 * @param where Names the array in errors.
 * @returns Numbers, or unreadable where an integer of 64 bits is beyond ±(2^53 − 1) and would be rounded.
 * @throws {UserError} MAT_DAMAGED: not a type of numbers, or another count.
 */
export function readNumbers(
  element: MatElement,
  shape: MatShape,
  count: number,
  littleEndian: boolean,
  where: string,
): MatValue {
  const { type, data } = element;
  const stored = STORED.get(type);
  if (stored === undefined) throw damagedMat(where, 'numbers', `data of type ${type}`);
  if (data.byteLength !== count * stored.size) {
    throw damagedMat(
      where,
      `${count} numbers of ${stored.size} bytes`,
      `${data.byteLength} bytes for an array of ${shape.join('x')}`,
    );
  }
  const whole = type === MI.INT64 || type === MI.UINT64;
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const value = stored.read(data, i * stored.size, littleEndian);
    if (whole && !Number.isSafeInteger(value)) {
      return { kind: 'unreadable', what: 'an array with 64-bit integers beyond 2^53' };
    }
    values[i] = value;
  }
  return { kind: 'numbers', shape, data: values };
}
