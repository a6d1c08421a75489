import { damagedMat } from './mat-errors.ts';

/** Data types of elements, numbered as table 1-1 of MathWorks' "MAT-File Format" does. */
export const MI = {
  INT8: 1,
  UINT8: 2,
  INT16: 3,
  UINT16: 4,
  INT32: 5,
  UINT32: 6,
  SINGLE: 7,
  DOUBLE: 9,
  INT64: 12,
  UINT64: 13,
  MATRIX: 14,
  COMPRESSED: 15,
  UTF8: 16,
  UTF16: 17,
  UTF32: 18,
} as const;

/** One element: its data type, and its bytes without tag and padding. */
export interface MatElement {
  readonly type: number;
  readonly data: DataView;
}

/** Elements that stand one after another in a file, an unpacked part or an array. */
export interface MatElements {
  /** Bytes not yet read. */
  readonly left: () => number;
  /** @throws {UserError} MAT_DAMAGED: the next element does not lie within the bytes. */
  readonly next: (where: string) => MatElement;
}

/** Bytes of a tag, so the least an element takes. */
export const TAG_BYTES = 8;

const SMALL_BYTES = 4;
const ALIGNMENT = 8;

/** A view of all bytes of an array. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The bytes of a view. */
export function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/**
 * Reads the elements of a range: a tag of type and length, then the data, filled up to 8 bytes; data of at most 4
 * bytes may stand in the tag itself, its length then in the upper half of the type ("small data element format").
 */
export function readElements(view: DataView, littleEndian: boolean): MatElements {
  let at = 0;
  const part = (start: number, length: number) => new DataView(view.buffer, view.byteOffset + start, length);
  return {
    left: () => view.byteLength - at,
    next(where) {
      const left = view.byteLength - at;
      if (left < TAG_BYTES) throw damagedMat(where, 'an element, whose tag has 8 bytes', `${left} bytes`);
      const word = view.getUint32(at, littleEndian);
      const small = word >>> 16;
      if (small !== 0) {
        if (small > SMALL_BYTES) {
          throw damagedMat(where, 'at most 4 bytes in a small element', `${small} bytes`);
        }
        const data = part(at + SMALL_BYTES, small);
        at += TAG_BYTES;
        return { type: word & 0xffff, data };
      }
      const length = view.getUint32(at + SMALL_BYTES, littleEndian);
      if (length > left - TAG_BYTES) {
        throw damagedMat(
          where,
          `an element of ${length} bytes`,
          `${left - TAG_BYTES} bytes, the file is cut`,
        );
      }
      const data = part(at + TAG_BYTES, length);
      // Compressed elements are not filled up, and some writers leave the last filling out.
      const filled = word === MI.COMPRESSED ? length : Math.ceil(length / ALIGNMENT) * ALIGNMENT;
      at = Math.min(at + TAG_BYTES + filled, view.byteLength);
      return { type: word, data };
    },
  };
}
