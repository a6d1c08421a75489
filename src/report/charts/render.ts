import { createRequire } from 'node:module';
import type { Spec } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { textWidth } from './text-width.ts';
import { NEUTRALS } from './theme.ts';

/** A figure drawn twice, from one scene. */
export interface Rendering {
  readonly svg: string;
  /** Draws it when asked, in a thread of its own: it takes longer than the SVG. */
  readonly png: () => Promise<Uint8Array>;
}

/** Pixels of a PNG for each unit of the figure: sharp on dense screens. */
const PNG_SCALE = 2;

/**
 * Draws a Vega-Lite specification without a browser: Vega makes the SVG, resvg the PNG from it. The
 * libraries are loaded at the first call.
 *
 * Fonts come from a package and never from the system, so that the same specification gives the same pixels
 * on every machine (and because resvg draws no text at all, without a word, where it finds no font).
 *
 * @param files What the specification reads, by address.
 * @throws {Error} Vega-Lite warns about the specification: then it is our mistake, and the figure may lie.
 */
export async function renderChart(
  spec: TopLevelSpec,
  files: Readonly<Record<string, string>> = {},
): Promise<Rendering> {
  const [vega, { renderAsync }, { default: sharp }] = await Promise.all([
    import('vega'),
    import('@resvg/resvg-js'),
    import('sharp'),
  ]);
  const drawPng = async (text: string) => {
    const { pixels, width, height } = await renderAsync(text, pngOptions());
    // Compressed in a thread too: resvg's own way to a PNG takes this one.
    return sharp(pixels, { raw: { width, height, channels: 4 } })
      .removeAlpha()
      .png()
      .toBuffer();
  };
  measureWithOurFont(vega);
  const loader = { ...vega.loader(), load: (address: string) => readFrom(files, address) };
  const view = new vega.View(vega.parse(await compileChart(spec)), { renderer: 'none', loader });
  const svg = await view.toSVG();
  view.finalize();
  let pixels: Promise<Uint8Array> | undefined;
  const png = () => {
    pixels ??= drawPng(svg);
    return pixels;
  };
  return { svg, png };
}

const pngOptions = () => ({
  fitTo: { mode: 'zoom' as const, value: PNG_SCALE },
  background: NEUTRALS.paper,
  font: { loadSystemFonts: false, fontFiles: fontFiles(), defaultFontFamily: 'DejaVu Sans' },
});

async function readFrom(files: Readonly<Record<string, string>>, address: string): Promise<string> {
  const text = files[address];
  if (text === undefined) throw new Error(`internal: a figure reads ${address}, which is not its data`);
  return text;
}

/** Compiles to Vega; every warning of the compiler is an error here. */
export async function compileChart(spec: TopLevelSpec): Promise<Spec> {
  const { compile } = await import('vega-lite');
  const warnings: string[] = [];
  const logger = new WarningCollector(warnings);
  const compiled = compile(spec, { logger });
  if (warnings.length > 0) throw new Error(`internal: Vega-Lite warns:\n${warnings.join('\n')}`);
  return compiled.spec;
}

/**
 * Without a canvas Vega takes every character for 0.8 of the font size, which tears legends and panels
 * apart. It offers this function for replacement, though its types do not list it.
 */
function measureWithOurFont(vega: object): void {
  const metrics: unknown = Reflect.get(vega, 'textMetrics');
  if (typeof metrics !== 'object' || metrics === null || !('width' in metrics)) {
    throw new Error('internal: this version of Vega offers no text metrics');
  }
  metrics.width = (item: TextItem, text: unknown = item.text) => {
    const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
    return textWidth(String(text ?? ''), item.fontSize ?? 11, bold);
  };
}

/** What is read of a text mark in Vega's scene. */
interface TextItem {
  readonly text?: unknown;
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

/** Vega's logger interface, keeping warnings and errors and dropping the rest. */
class WarningCollector {
  private readonly warnings: string[];

  constructor(warnings: string[]) {
    this.warnings = warnings;
  }

  level(): number;
  level(level: number): this;
  level(level?: number): number | this {
    return level === undefined ? 2 : this;
  }

  error(...parts: readonly unknown[]): this {
    this.warnings.push(parts.map(String).join(' '));
    return this;
  }

  warn(...parts: readonly unknown[]): this {
    return this.error(...parts);
  }

  info(): this {
    return this;
  }

  debug(): this {
    return this;
  }
}

function fontFiles(): string[] {
  const { resolve } = createRequire(import.meta.url);
  const names = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];
  return names.map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}`));
}
