import type { Box } from './crop.ts';

/** What Pillow shows of a GIF's first frame and libvips hides. */
export interface OpaqueGif {
  /** The file with the first frame's transparency switched off, or as it was if it had none. */
  readonly bytes: Uint8Array;
  /** Part of the picture that the first frame covers. */
  readonly frame: Box;
  /** Colour of the rest: the frame's transparent index, else index 0. */
  readonly uncovered: readonly [red: number, green: number, blue: number];
}

const EVERYTHING: Box = { left: 0, top: 0, width: 65535, height: 65535 };

/**
 * Prepares a GIF for being decoded as Pillow's `convert("RGB")` does, which has no transparency: transparent
 * pixels keep the colour of their palette entry.
 *
 * Walks the blocks up to the first picture (GIF89a specification); a damaged file comes back as it is, for the
 * decoder to refuse.
 */
export function withoutTransparency(bytes: Uint8Array): OpaqueGif {
  const word = (at: number) => bytes[at] | (bytes[at + 1] << 8);
  const paletteAt = (flags: number, at: number) => ((flags & 0x80) !== 0 ? at : -1);
  const paletteBytes = (flags: number) => ((flags & 0x80) !== 0 ? 3 << ((flags & 7) + 1) : 0);
  const globalPalette = paletteAt(bytes[10], 13);
  let at = 13 + paletteBytes(bytes[10]);
  let transparent = 0;
  let opaque = bytes;
  while (at < bytes.length) {
    if (bytes[at] === 0x2c) {
      const local = paletteAt(bytes[at + 9], at + 10);
      const palette = local === -1 ? globalPalette : local;
      const colour = palette + 3 * transparent;
      if (palette === -1 || colour + 3 > bytes.length) break;
      return {
        bytes: opaque,
        frame: { left: word(at + 1), top: word(at + 3), width: word(at + 5), height: word(at + 7) },
        uncovered: [bytes[colour], bytes[colour + 1], bytes[colour + 2]],
      };
    }
    if (bytes[at] !== 0x21) break;
    // A graphic control extension says whether the next picture has a transparent index, and which.
    if (bytes[at + 1] === 0xf9 && (bytes[at + 3] & 1) !== 0) {
      transparent = bytes[at + 6];
      if (opaque === bytes) opaque = bytes.slice();
      opaque[at + 3] &= 0xfe;
    }
    at += 2;
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at] + 1;
    at += 1;
  }
  return { bytes: opaque, frame: EVERYTHING, uncovered: [0, 0, 0] };
}
