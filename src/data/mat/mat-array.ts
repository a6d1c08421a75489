import { bytesOf, type MatElement, type MatElements, MI, readElements, TAG_BYTES } from './mat-elements.ts';
import { damagedMat, showName, tooLargeMat } from './mat-errors.ts';
import type { MatBudget } from './mat-limits.ts';
import { readNumbers } from './mat-numbers.ts';
import { readText } from './mat-text.ts';
import type { MatShape, MatValue } from './mat-value.ts';

/** Array classes, numbered as table 1-3 of MathWorks' "MAT-File Format"; those after INT64 as MATLAB writes them. */
const MX = {
  CELL: 1,
  STRUCT: 2,
  OBJECT: 3,
  CHAR: 4,
  SPARSE: 5,
  DOUBLE: 6,
  UINT64: 15,
  FUNCTION: 16,
  OPAQUE: 17,
} as const;

const UNREADABLE: ReadonlyMap<number, string> = new Map([
  [MX.OBJECT, 'an object'],
  [MX.SPARSE, 'a sparse matrix'],
  [MX.FUNCTION, 'a function handle'],
  [MX.OPAQUE, 'an object (such as a string, table or datetime)'],
]);

const COMPLEX_FLAG = 0x0800;
const MAX_DIMENSIONS = 64;
/** MATLAB's own names have at most 63. */
const MAX_NAME_BYTES = 1024;
/** Rough cost in memory of a value's objects, of a place in a list, of a number, and of a character. */
const VALUE_BYTES = 256;
const PLACE_BYTES = 16;
const NUMBER_BYTES = 8;
const CHARACTER_BYTES = 32;

/** What stands in a file as an array without a byte: MATLAB's `[]`. */
const EMPTY: MatValue = { kind: 'numbers', shape: [0, 0], data: new Float64Array(0) };

/** What all arrays of a file share. */
export interface MatContext {
  readonly littleEndian: boolean;
  readonly budget: MatBudget;
  /** Names the file in errors. */
  readonly where: string;
}

/** An array and the name it has where it is a variable; empty for what stands in another array. */
export interface NamedMat {
  readonly name: string;
  readonly value: MatValue;
}

/** What is read of an array before its contents. */
interface ArrayHead {
  readonly shape: MatShape;
  readonly count: number;
}

function decodeName(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const name = Buffer.from(end < 0 ? bytes : bytes.subarray(0, end));
  const text = name.toString('utf8');
  return text.includes('\ufffd') ? name.toString('latin1') : text;
}

function readName(element: MatElement, where: string): string {
  if (element.type !== MI.INT8 && element.type !== MI.UINT8 && element.type !== MI.UTF8) {
    throw damagedMat(where, 'a name', `data of type ${element.type}`);
  }
  if (element.data.byteLength > MAX_NAME_BYTES) {
    throw damagedMat(where, `a name of at most ${MAX_NAME_BYTES} bytes`, `${element.data.byteLength} bytes`);
  }
  return decodeName(bytesOf(element.data));
}

/** 32-bit integers; some writers call sizes unsigned. */
function readIntegers(element: MatElement, littleEndian: boolean, what: string, where: string): number[] {
  const { type, data } = element;
  if ((type !== MI.INT32 && type !== MI.UINT32) || data.byteLength % 4 !== 0) {
    throw damagedMat(where, what, `${data.byteLength} bytes of type ${type}`);
  }
  const count = data.byteLength / 4;
  if (count > MAX_DIMENSIONS) throw damagedMat(where, `${what}, at most ${MAX_DIMENSIONS}`, `${count}`);
  return Array.from({ length: count }, (_, i) => data.getInt32(i * 4, littleEndian));
}

function readShape(element: MatElement, littleEndian: boolean, where: string): ArrayHead {
  const shape = readIntegers(element, littleEndian, 'sizes of an array', where);
  if (shape.length < 2 || shape.some((size) => size < 0)) {
    throw damagedMat(where, 'two or more sizes, none below 0', `[${shape.join(', ')}]`);
  }
  return { shape, count: shape.reduce((product, size) => product * size, 1) };
}

/** Arrays within an array; `count` of them must follow. */
function checkCount(count: number, elements: MatElements, head: ArrayHead, where: string): void {
  if (count * TAG_BYTES <= elements.left()) return;
  throw damagedMat(
    where,
    `${count} values for an array of ${head.shape.join('x')}`,
    `${elements.left()} bytes for them all`,
  );
}

function readInner(elements: MatElements, context: MatContext, where: string, depth: number): MatValue {
  const element = elements.next(where);
  context.budget.spend(PLACE_BYTES, where);
  if (element.type !== MI.MATRIX) throw damagedMat(where, 'an array', `data of type ${element.type}`);
  return readArray(element.data, context, where, depth + 1).value;
}

function readCell(
  elements: MatElements,
  head: ArrayHead,
  context: MatContext,
  where: string,
  depth: number,
): MatValue {
  checkCount(head.count, elements, head, where);
  const items: MatValue[] = [];
  for (let i = 0; i < head.count; i++) items.push(readInner(elements, context, where, depth));
  return { kind: 'cell', shape: head.shape, items };
}

/** Names of one length, each filled up with zeros. */
function readFieldNames(elements: MatElements, context: MatContext, where: string): string[] {
  const [length = 0] = readIntegers(
    elements.next(where),
    context.littleEndian,
    'length of field names',
    where,
  );
  const element = elements.next(where);
  const bytes = bytesOf(element.data);
  if (bytes.length === 0) return [];
  if (length < 1 || length > MAX_NAME_BYTES || bytes.length % length !== 0) {
    throw damagedMat(
      where,
      `field names of ${length} bytes each, ${MAX_NAME_BYTES} at most`,
      `${bytes.length} bytes`,
    );
  }
  context.budget.spend((bytes.length / length) * VALUE_BYTES, where);
  return Array.from({ length: bytes.length / length }, (_, i) =>
    decodeName(bytes.subarray(i * length, (i + 1) * length)),
  );
}

function readStruct(
  elements: MatElements,
  head: ArrayHead,
  context: MatContext,
  where: string,
  depth: number,
): MatValue {
  const names = readFieldNames(elements, context, where);
  checkCount(names.length * head.count, elements, head, where);
  const columns: MatValue[][] = names.map(() => []);
  // Without a field there is nothing to read, however large the array says it is.
  for (let i = 0; i < (names.length === 0 ? 0 : head.count); i++) {
    for (const column of columns) column.push(readInner(elements, context, where, depth));
  }
  const fields = new Map(names.map((name, i) => [name, columns[i]!]));
  if (fields.size < names.length) return { kind: 'unreadable', what: 'a struct with two fields of one name' };
  return { kind: 'struct', shape: head.shape, fields };
}

/** The contents of numbers or text; a writer may leave them out where there are none. */
function readContents(
  elements: MatElements,
  head: ArrayHead,
  isText: boolean,
  context: MatContext,
  where: string,
): MatValue {
  const { shape, count } = head;
  const absent = elements.left() === 0 && count === 0;
  const element = absent ? { type: MI.UINT8, data: new DataView(new ArrayBuffer(0)) } : elements.next(where);
  if (!isText) {
    context.budget.spend(element.data.byteLength * NUMBER_BYTES, where);
    return readNumbers(element, shape, count, context.littleEndian, where);
  }
  const characters = Math.max(count, element.data.byteLength);
  context.budget.spend(shape[0]! * PLACE_BYTES + characters * CHARACTER_BYTES, where);
  return readText(element, shape, count, context.littleEndian, where);
}

/**
 * Reads an array, and what stands in it, from the data of an element of type MATRIX.
 *
 * @param where Names the file, or the variable where this array stands in one.
 * @param depth Of this array; 1 for a variable.
 * @throws {UserError} MAT_DAMAGED, MAT_TOO_LARGE. What isn't read here comes back as an unreadable value.
 *
 * Source: MathWorks, "MAT-File Format", "Level 5 MATLAB array data element formats".
 */
export function readArray(data: DataView, context: MatContext, where: string, depth: number): NamedMat {
  if (data.byteLength === 0) return { name: '', value: EMPTY };
  const { budget, littleEndian } = context;
  if (depth > budget.limits.depth) {
    throw tooLargeMat(where, `arrays nested at most ${budget.limits.depth} deep`, 'more than that');
  }
  budget.spend(VALUE_BYTES, where);
  const elements = readElements(data, littleEndian);
  const flags = elements.next(where);
  if (flags.type !== MI.UINT32 || flags.data.byteLength !== 8) {
    throw damagedMat(where, 'flags of an array', `${flags.data.byteLength} bytes of type ${flags.type}`);
  }
  const word = flags.data.getUint32(0, littleEndian);
  const mxClass = word & 0xff;
  // An opaque object has no sizes: its name follows the flags.
  const head =
    mxClass === MX.OPAQUE
      ? { shape: [1, 1], count: 1 }
      : readShape(elements.next(where), littleEndian, where);
  const name = readName(elements.next(where), where);
  const place = name === '' ? where : `${where}: ${showName(name)}`;
  return {
    name,
    value: readOfClass(mxClass, (word & COMPLEX_FLAG) !== 0, elements, head, context, place, depth),
  };
}

function readOfClass(
  mxClass: number,
  complex: boolean,
  elements: MatElements,
  head: ArrayHead,
  context: MatContext,
  where: string,
  depth: number,
): MatValue {
  const what = UNREADABLE.get(mxClass);
  if (what !== undefined) return { kind: 'unreadable', what };
  if (mxClass === MX.CELL) return readCell(elements, head, context, where, depth);
  if (mxClass === MX.STRUCT) return readStruct(elements, head, context, where, depth);
  const isText = mxClass === MX.CHAR;
  if (!isText && (mxClass < MX.DOUBLE || mxClass > MX.UINT64)) {
    throw damagedMat(where, 'an array of a class from 1 to 17', `class ${mxClass}`);
  }
  if (complex) return { kind: 'unreadable', what: 'an array of complex numbers' };
  return readContents(elements, head, isText, context, where);
}
