import { NEUTRALS } from '../charts/theme.ts';
import { type HtmlValue, html, type SafeHtml, trusted } from '../html.ts';

/** A figure as the page takes it. */
export interface PageFigure {
  /** File name without ending. */
  readonly name: string;
  /** SVG text of the renderer. */
  readonly svg: string;
}

/**
 * A figure inline, with its caption and links to its files.
 *
 * The neutral colours become variables of the page, so that the figure follows a dark theme; the methods'
 * colours stay. The figure's own width goes along, so that a small one is not blown up.
 *
 * @param folder Where `plots` lies from the page, with a slash.
 * @param alternative What the figure shows, for who cannot see it; the numbers stand in the tables.
 */
export function figure(drawing: PageFigure, alternative: string, caption: HtmlValue, folder = ''): SafeHtml {
  let svg = drawing.svg.replaceAll(`fill="${NEUTRALS.paper}"`, 'fill="none"');
  for (const name of ['ink', 'muted', 'rule', 'grid'] as const) {
    svg = svg.replaceAll(`"${NEUTRALS[name]}"`, `"var(--plot-${name})"`);
  }
  const width = /^<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1];
  const natural = width !== undefined && html` style="--natural: ${width}px"`;
  const file = `${folder}plots/${drawing.name}`;
  return html`<figure class="plot">
<div class="canvas" role="img" aria-label="${alternative}"${natural}>${trusted(svg)}</div>
<figcaption>${caption} <span class="files"><a href="${file}.svg">SVG</a> <a href="${file}.png">PNG</a> <a href="${file}.vl.json">Vega-Lite</a></span></figcaption>
</figure>`;
}
