import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { nearNames, UserError } from '../../config/index.ts';
import type { RgbImage } from '../dataset.ts';

/** Box and orientation of a drawing; lengths in the set's own units, `rotate` in quarter turns clockwise. */
interface Placement {
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
  readonly hFlip?: boolean;
  readonly vFlip?: boolean;
  readonly rotate?: number;
}

/** One drawing of a set as its package stores it: the inside of an `<svg>` element. */
interface IconEntry extends Placement {
  readonly body: string;
  /** Withdrawn by its authors; kept in the package so that old pages still work. */
  readonly hidden?: boolean;
}

interface AliasEntry extends Placement {
  readonly parent: string;
  readonly hidden?: boolean;
}

/** The part of `@iconify-json/<set>/icons.json` that is read here. */
export interface IconSet {
  readonly prefix: string;
  readonly icons: Readonly<Record<string, IconEntry>>;
  readonly aliases?: Readonly<Record<string, AliasEntry>>;
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
}

/** A drawing with its aliases followed and every default filled in. */
interface ResolvedIcon extends Required<Placement> {
  readonly body: string;
}

const require = createRequire(import.meta.url);
const loadedSets = new Map<string, IconSet>();
/** Iconify's default box where neither icon nor set names a size. */
const DEFAULT_SIZE = 16;
/** Longer chains of aliases are taken for a cycle. */
const MAX_ALIAS_DEPTH = 8;

/**
 * One Iconify set, parsed at its first use and kept: 0.1–10 MB of text, 1–60 ms.
 *
 * @throws {UserError} UNKNOWN_ICON_SET: its package is not installed.
 */
export function loadIconSet(set: string): IconSet {
  let loaded = loadedSets.get(set);
  if (loaded === undefined) {
    let path: string;
    try {
      path = require.resolve(`@iconify-json/${set}/icons.json`);
    } catch (cause) {
      throw new UserError('UNKNOWN_ICON_SET', {
        where: `icon set '${set}'`,
        expected: `the npm package @iconify-json/${set}, pinned in datasets/icons/package.json`,
        found: 'no such package among the installed ones',
        hint: 'run npm ci in the project, or correct the name of the set',
        cause,
      });
    }
    loaded = JSON.parse(readFileSync(path, 'utf8')) as IconSet;
    loadedSets.set(set, loaded);
  }
  return loaded;
}

function ownEntry<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Follows aliases: flips cancel in pairs, quarter turns add up, the nearest box wins. */
function resolveIcon(set: string, icon: string): ResolvedIcon {
  const source = loadIconSet(set);
  let box: Placement = {};
  let name = icon;
  for (let depth = 0; depth < MAX_ALIAS_DEPTH; depth++) {
    const alias = ownEntry(source.aliases, name);
    const entry = ownEntry(source.icons, name) ?? alias;
    if (entry === undefined) break;
    box = {
      left: box.left ?? entry.left,
      top: box.top ?? entry.top,
      width: box.width ?? entry.width,
      height: box.height ?? entry.height,
      hFlip: (box.hFlip ?? false) !== (entry.hFlip ?? false),
      vFlip: (box.vFlip ?? false) !== (entry.vFlip ?? false),
      rotate: ((box.rotate ?? 0) + (entry.rotate ?? 0)) % 4,
    } as Placement;
    if ('body' in entry) {
      return {
        body: entry.body,
        left: box.left ?? source.left ?? 0,
        top: box.top ?? source.top ?? 0,
        width: box.width ?? source.width ?? DEFAULT_SIZE,
        height: box.height ?? source.height ?? DEFAULT_SIZE,
        hFlip: box.hFlip ?? false,
        vFlip: box.vFlip ?? false,
        rotate: box.rotate ?? 0,
      };
    }
    name = entry.parent;
  }
  const near = nearNames(icon, Object.keys(source.icons));
  throw new UserError('UNKNOWN_ICON', {
    where: `icon '${icon}' of the set '${set}'`,
    expected: 'a name of that set',
    found: 'no drawing of this name',
    hint: `${near.length > 0 ? `near names: ${near.join(', ')}; or ` : ''}run npm ci, so that the pinned versions of the sets are installed`,
  });
}

/**
 * The SVG text of a drawing: what is drawn, so its SHA-256 is the picture's content key.
 *
 * The canvas is a square of the longer side with the drawing in its middle; `currentColor` is black.
 *
 * @throws {UserError} UNKNOWN_ICON_SET or UNKNOWN_ICON.
 */
export function iconSource(set: string, icon: string): string {
  const { body, left, top, width, height, hFlip, vFlip, rotate } = resolveIcon(set, icon);
  const side = Math.max(width, height);
  const open = (viewBox: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" color="#000" ` +
    `width="${side}" height="${side}" viewBox="${viewBox}">`;
  if (!hFlip && !vFlip && rotate === 0) {
    return `${open(`${left} ${top} ${width} ${height}`)}${body}</svg>`;
  }
  // About the centre of the box: flips act first (rightmost), then the turns; after an odd number of
  // quarter turns the box lies on its other side.
  const [cx, cy] = [left + width / 2, top + height / 2];
  const turned = rotate % 2 === 1;
  const [w, h] = turned ? [height, width] : [width, height];
  const transform =
    `rotate(${rotate * 90}) scale(${hFlip ? -1 : 1} ${vFlip ? -1 : 1}) ` + `translate(${-cx} ${-cy})`;
  return `${open(`${-w / 2} ${-h / 2} ${w} ${h}`)}<g transform="${transform}">${body}</g></svg>`;
}

/**
 * Draws an icon black on white; coloured sets keep their palette. About 1 ms at 64 px.
 *
 * @param size Width and height in pixels, S.
 * @returns RGB bytes, [S, S, 3].
 * @throws {UserError} UNKNOWN_ICON_SET or UNKNOWN_ICON.
 */
export function drawIcon(set: string, icon: string, size: number): RgbImage {
  const image = new Resvg(iconSource(set, icon), {
    fitTo: { mode: 'width', value: size },
    background: '#ffffff',
    // Scanning the machine's fonts costs far more than a drawing, and no icon holds text.
    font: { loadSystemFonts: false },
  }).render();
  const { width, height, pixels } = image;
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = pixels[from];
    data[to + 1] = pixels[from + 1];
    data[to + 2] = pixels[from + 2];
  }
  return { width, height, data };
}
