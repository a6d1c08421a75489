import { UserError } from '../../config/index.ts';
import type { RgbImage } from '../dataset.ts';

/** Bytes of the file header; the picture's own header follows. */
const FILE_HEADER = 14;
/** More pixels than this are taken for damage, as Pillow does (its "decompression bomb" limit). */
const PIXEL_LIMIT = 178_956_970;

/** Whether bytes start as a Windows bitmap, which sharp does not read. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/**
 * Reads an uncompressed Windows bitmap of 1, 4, 8 (palette), 24 or 32 bits a pixel.
 *
 * Source: the BITMAPINFOHEADER layout; rows are padded to four bytes and run upwards unless the height is negative.
 *
 * @param where Names the picture in errors.
 * @throws {UserError} `PICTURE_UNREADABLE`: cut off, compressed, or with sizes that cannot be.
 */
export function decodeBmp(bytes: Uint8Array, where: string): RgbImage {
  const fail = (found: string, hint: string): never => {
    throw new UserError('PICTURE_UNREADABLE', {
      where,
      expected: 'an uncompressed BMP of 1, 4, 8, 24 or 32 bits a pixel',
      found,
      hint,
    });
  };
  const cut = 'the file is damaged or cut off; fetch it again';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < FILE_HEADER + 40) fail(`${bytes.length} bytes`, cut);
  const start = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (headerBytes < 40) fail(`a header of ${headerBytes} bytes`, 'convert it to PNG');
  if (![1, 4, 8, 24, 32].includes(bits) || compression !== 0) {
    fail(`${bits} bits a pixel, compression ${compression}`, 'convert it to PNG');
  }
  if (width < 1 || height < 1 || width * height > PIXEL_LIMIT) fail(`${width} × ${height} pixels`, cut);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  // The last row may lack its padding.
  const needed = start + rowBytes * (height - 1) + Math.ceil((width * bits) / 8);
  if (needed > bytes.length) fail(`${bytes.length} of ${needed} bytes`, cut);
  const palette = FILE_HEADER + headerBytes;
  const colours = bits > 8 ? 0 : view.getUint32(46, true) || 1 << bits;
  if (palette + 4 * colours > start) fail(`a palette of ${colours} colours before byte ${start}`, cut);

  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const row = start + (signedHeight < 0 ? y : height - 1 - y) * rowBytes;
    for (let x = 0; x < width; x += 1) {
      let from: number;
      if (bits > 8) {
        from = row + (x * bits) / 8;
      } else {
        const bit = x * bits;
        const index = (bytes[row + (bit >> 3)] >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
        // Pillow shows an index beyond the palette as black.
        if (index >= colours) continue;
        from = palette + 4 * index;
      }
      const to = (y * width + x) * 3;
      data[to] = bytes[from + 2];
      data[to + 1] = bytes[from + 1];
      data[to + 2] = bytes[from];
    }
  }
  return { width, height, data };
}
