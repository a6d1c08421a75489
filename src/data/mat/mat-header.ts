import { viewOf } from './mat-elements.ts';
import { damagedMat, unsupportedMat } from './mat-errors.ts';

/** Bytes before the first element. */
export const HEADER_BYTES = 128;

const VERSION_AT = 124;
const ENDIAN_AT = 126;
const VERSION_5 = 0x0100;
const VERSION_73 = 0x0200;
const HDF5_SIGNATURE = '\x89HDF\r\n\x1a\n';
/** HDF5 stands after a user block of 512 bytes, in which MATLAB puts its header; h5py writes none. */
const HDF5_PLACES = [0, 512] as const;
const EXPECTED = 'a MATLAB 5 .mat file, which MATLAB writes with -v6 and -v7';

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', start, end);
}

/**
 * Whether the bytes start as a level 4 file does: five 32-bit numbers, the first of which says machine, type and
 * class in its decimal digits MOPT, then rows, columns, whether complex, and the name's length with its zero.
 */
function isLevel4(bytes: Uint8Array): boolean {
  if (bytes.length < 21) return false;
  const view = viewOf(bytes);
  return [true, false].some((little) => {
    const [mopt, rows, columns, complex, name] = [0, 4, 8, 12, 16].map((at) => view.getInt32(at, little));
    const [m, o, p, t] = [1000, 100, 10, 1].map((unit) => Math.floor(mopt! / unit) % 10);
    return (
      mopt! >= 0 &&
      mopt! < 5000 &&
      m! <= 4 &&
      o === 0 &&
      p! <= 5 &&
      t! <= 2 &&
      rows! >= 0 &&
      columns! >= 0 &&
      (complex === 0 || complex === 1) &&
      name! > 1 &&
      20 + name! <= bytes.length &&
      bytes[20 + name! - 1] === 0
    );
  });
}

/**
 * Reads the header of a file.
 *
 * @returns Whether its numbers have their lowest byte first.
 * @throws {UserError} MAT_UNSUPPORTED: a file of level 4 or 7.3; MAT_DAMAGED: not a .mat file.
 *
 * Source: MathWorks, "MAT-File Format", chapters on the headers of level 5 and level 4.
 */
export function readMatHeader(bytes: Uint8Array, where: string): { readonly littleEndian: boolean } {
  const marks = latin1(bytes, ENDIAN_AT, HEADER_BYTES);
  const sound = marks === 'IM' || marks === 'MI';
  // 'MI' written as one 16-bit number: the bytes stand swapped where the lowest comes first.
  const littleEndian = marks === 'IM';
  const version = sound ? viewOf(bytes).getUint16(VERSION_AT, littleEndian) : undefined;
  if (
    version === VERSION_73 ||
    HDF5_PLACES.some((at) => latin1(bytes, at, at + HDF5_SIGNATURE.length) === HDF5_SIGNATURE)
  ) {
    throw unsupportedMat(where, EXPECTED, 'a file of version 7.3 (HDF5)');
  }
  if (version === VERSION_5) return { littleEndian };
  if (version !== undefined) {
    throw damagedMat(where, EXPECTED, `version 0x${version.toString(16).padStart(4, '0')}`);
  }
  if (isLevel4(bytes)) throw unsupportedMat(where, EXPECTED, 'a file of level 4');
  const start = JSON.stringify(latin1(bytes, 0, 24));
  throw damagedMat(
    where,
    EXPECTED,
    bytes.length === 0 ? 'an empty file' : `a file that starts with ${start}`,
  );
}
