import { readFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { UserError } from '../../config/index.ts';
import type { RgbImage } from '../dataset.ts';
import { decodeBmp, isBmp } from './decode-bmp.ts';
import { withoutTransparency } from './gif-transparency.ts';
import { loadSharp } from './load-sharp.ts';

/** Formats that Pillow reads in the same bytes as we do. */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff']);
const OPTIONS = { ignoreIcc: true, failOn: 'error' } as const;

function unreadable(where: string, found: string, hint: string, cause?: unknown): UserError {
  return new UserError('PICTURE_UNREADABLE', {
    where,
    expected: 'a whole JPEG, PNG, WebP, GIF, TIFF or BMP picture',
    found,
    hint,
    ...(cause !== undefined && { cause }),
  });
}

interface RawPicture {
  readonly data: Uint8Array;
  readonly info: { readonly width: number; readonly height: number; readonly channels: number };
}

/** Spreads grey to three channels and drops alpha, which Pillow's `convert("RGB")` ignores. */
function toRgb({ data, info }: RawPicture): RgbImage {
  const { width, height, channels } = info;
  if (channels === 3) return { width, height, data };
  const rgb = new Uint8Array(width * height * 3);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    rgb[to] = data[from];
    rgb[to + 1] = data[from + green];
    rgb[to + 2] = data[from + blue];
  }
  return { width, height, data: rgb };
}

/** The first frame in its palette's colours, transparent pixels included. */
async function decodeGif(bytes: Uint8Array): Promise<RgbImage> {
  const { bytes: opaque, frame, uncovered } = withoutTransparency(bytes);
  const sharp = await loadSharp();
  const rgb = toRgb(await sharp(opaque, OPTIONS).raw().toBuffer({ resolveWithObject: true }));
  if (frame.width >= rgb.width && frame.height >= rgb.height) return rgb;
  for (let y = 0, to = 0; y < rgb.height; y += 1) {
    const insideRows = y >= frame.top && y < frame.top + frame.height;
    for (let x = 0; x < rgb.width; x += 1, to += 3) {
      const inside = insideRows && x >= frame.left && x < frame.left + frame.width;
      if (!inside) rgb.data.set(uncovered, to);
    }
  }
  return rgb;
}

/** Pillow does not scale 16-bit grey to 8 bits, it cuts at 255; 16-bit colours are scaled by both. */
async function decodeGrey16(picture: Sharp): Promise<RgbImage> {
  const raw = await picture
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const words = new Uint16Array(raw.data.buffer, raw.data.byteOffset, raw.data.length / 2);
  return toRgb({
    data: Uint8Array.from(words, (word) => Math.min(word, 255)),
    info: { ...raw.info, channels: 1 },
  });
}

/** Pillow's `MULDIV255`: a · b / 255, rounded, in integers. */
function multiply255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/** Pillow's conversion without a colour profile: each ink takes its share of what black leaves. */
function cmykToRgb({ data, info }: RawPicture): RgbImage {
  const rgb = new Uint8Array(info.width * info.height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += info.channels, to += 3) {
    const light = 255 - data[from + 3];
    for (let ink = 0; ink < 3; ink += 1) {
      rgb[to + ink] = Math.max(0, light - multiply255(data[from + ink], light));
    }
  }
  return { width: info.width, height: info.height, data: rgb };
}

/** What libvips says, each thing once: it says it again at every attempt to read on. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reasons: string[] = [];
  for (const line of error.message.split('\n').map((text) => text.trim())) {
    if (line !== '' && !reasons.some((reason) => reason.endsWith(line))) reasons.push(line);
  }
  return reasons.join('; ');
}

/**
 * Decodes a picture to the bytes of Pillow's `Image.open(path).convert("RGB")`.
 *
 * Grey is spread to three channels, alpha dropped, a palette resolved, of an animation the first frame taken;
 * colour profiles and EXIF orientation are ignored. 16-bit colours keep their high byte.
 *
 * @param source Path, or the file's bytes.
 * @param name Names bytes in errors; a path names itself.
 * @throws {UserError} `PICTURE_MISSING`: no such file; `PICTURE_UNREADABLE`: cut off, damaged, or another format.
 */
export async function decodePicture(
  source: string | Uint8Array,
  name = typeof source === 'string' ? source : 'picture bytes',
): Promise<RgbImage> {
  const bytes = typeof source === 'string' ? await readPicture(source, name) : source;
  if (bytes.length === 0) throw unreadable(name, 'an empty file', 'fetch the picture again');
  if (isBmp(bytes)) return decodeBmp(bytes, name);
  const damaged = (error: unknown) =>
    unreadable(name, reasonOf(error), 'the file is damaged or cut off; fetch it again', error);
  const sharp = await loadSharp();
  const { format, space, channels } = await sharp(bytes, OPTIONS)
    .metadata()
    .catch((error: unknown) => {
      throw damaged(error);
    });
  if (!FORMATS.has(format)) throw unreadable(name, `a picture of format ${format}`, 'convert it to PNG');
  try {
    if (format === 'gif') return await decodeGif(bytes);
    const picture = sharp(bytes, OPTIONS);
    if (space === 'grey16' && channels === 1) return await decodeGrey16(picture);
    if (space === 'cmyk') {
      const inks = picture.pipelineColourspace('cmyk').toColourspace('cmyk');
      return cmykToRgb(await inks.raw().toBuffer({ resolveWithObject: true }));
    }
    return toRgb(await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }));
  } catch (error) {
    throw damaged(error);
  }
}

async function readPicture(path: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT') throw unreadable(name, String(error), 'check the file and its permissions', error);
    throw new UserError('PICTURE_MISSING', {
      where: name,
      expected: 'a picture',
      found: 'no such file',
      hint: 'check that the dataset is complete and its folder the right one',
      cause: error,
    });
  }
}
