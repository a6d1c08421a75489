import { bytesOf, type MatElement, MI } from './mat-elements.ts';
import { damagedMat } from './mat-errors.ts';
import type { MatShape, MatValue } from './mat-value.ts';

/** Undefined: not sound in its encoding. */
type Decode = (data: DataView, littleEndian: boolean) => string | undefined;

function decodeUtf8(data: DataView): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function decodeLatin1(data: DataView): string {
  return Buffer.from(bytesOf(data)).toString('latin1');
}

/** Units are kept as they are: in a matrix of several rows the halves of a character stand apart. */
function decodeUtf16(data: DataView, littleEndian: boolean): string | undefined {
  if (data.byteLength % 2 !== 0) return undefined;
  const units = Buffer.from(bytesOf(data));
  return (littleEndian ? units : units.swap16()).toString('utf16le');
}

function decodeUtf32(data: DataView, littleEndian: boolean): string | undefined {
  if (data.byteLength % 4 !== 0) return undefined;
  const characters: string[] = [];
  for (let at = 0; at < data.byteLength; at += 4) {
    const code = data.getUint32(at, littleEndian);
    if (code > 0x10ffff) return undefined;
    characters.push(String.fromCodePoint(code));
  }
  return characters.join('');
}

/** 8-bit characters are code units that were stored smaller, so they are Latin-1. */
const ENCODINGS: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  [MI.INT8, decodeLatin1],
  [MI.UINT8, decodeLatin1],
  [MI.UINT16, decodeUtf16],
  [MI.UTF8, decodeUtf8],
  [MI.UTF16, decodeUtf16],
  [MI.UTF32, decodeUtf32],
]);

/**
 * The characters of a text, in column order, as many as its matrix has. MATLAB counts UTF-16 units, scipy code
 * points: they differ only beyond U+FFFF, so one count at most fits such a text.
 */
function splitCharacters(text: string, count: number): string | readonly string[] | undefined {
  if (text.length === count) return text;
  const characters = Array.from(text);
  return characters.length === count ? characters : undefined;
}

/**
 * The rows of a matrix of characters.
 *
 * @param shape [rows, columns]; other numbers of dimensions are unreadable.
 * @param count Product of `shape`.
 * @returns Text, or unreadable where the bytes are not sound in their encoding.
 * @throws {UserError} MAT_DAMAGED: not a type of characters, or another count.
 */
export function readText(
  element: MatElement,
  shape: MatShape,
  count: number,
  littleEndian: boolean,
  where: string,
): MatValue {
  const decode = ENCODINGS.get(element.type);
  if (decode === undefined) throw damagedMat(where, 'characters', `data of type ${element.type}`);
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2) {
    return { kind: 'unreadable', what: `an array of characters of ${shape.length} dimensions` };
  }
  // Old versions of scipy wrote '' as a 1x1 matrix without a byte, and scipy reads what is left out as spaces.
  const absent = element.data.byteLength === 0;
  const text = absent ? ' '.repeat(count) : decode(element.data, littleEndian);
  if (text === undefined) return { kind: 'unreadable', what: 'text that is not sound in its encoding' };
  const characters = splitCharacters(text, count);
  if (characters === undefined) {
    throw damagedMat(where, `${count} characters`, `${text.length} for a matrix of ${shape.join('x')}`);
  }
  if (rows === 1) return { kind: 'text', shape, rows: [text] };
  const lines = Array.from({ length: rows }, (_, row) => {
    let line = '';
    for (let column = 0; column < columns; column++) line += characters[row + rows * column];
    return line;
  });
  return { kind: 'text', shape, rows: lines };
}
