import { methodStyles } from '../charts/method-styles.ts';
import { NEUTRALS } from '../charts/theme.ts';
import { type HtmlValue, html, type SafeHtml, trusted } from '../html.ts';
import type { ReportPlan } from '../plan.ts';
import type { TestSet } from '../test-sets.ts';
import { methodName } from './section.ts';

/** A figure as the page takes it. */
export interface PageFigure {
  /** File name without ending. */
  readonly name: string;
  /** SVG text of the renderer. */
  readonly svg: string;
}

/** What a figure is told besides its words. */
interface FigureOptions {
  /** Where `plots` lies from the page, with a slash. */
  readonly folder?: string;
  /** The plan whose methods' marks the page's filter hides; absent: the figure stays whole. */
  readonly plan?: Pick<ReportPlan, 'methods'>;
}

/**
 * A figure inline, with its caption and links to its files.
 *
 * @param alternative What the figure shows, for who cannot see it; the numbers stand in the tables.
 */
export function figure(
  drawing: PageFigure,
  alternative: string,
  caption: HtmlValue,
  { folder = '', plan }: FigureOptions = {},
): SafeHtml {
  return html`<figure class="plot">
${canvas(drawing, alternative, plan)}
<figcaption>${caption} ${figureFiles(drawing, folder)}</figcaption>
</figure>`;
}

/** Panels side by side as the page's width allows, under one legend; the filter hides sets and methods. */
export function panelGrid(
  plan: Pick<ReportPlan, 'methods'>,
  panels: readonly { readonly set: TestSet; readonly figure: PageFigure }[],
  alternative: string,
  caption: HtmlValue,
): SafeHtml {
  const legend = plan.methods.map(({ key }) => html`<li data-method="${key}">${methodName(plan, key)}</li>`);
  const drawn = panels.map(({ set, figure: drawing }) => {
    return html`<div data-set="${set.key}">${canvas(drawing, `${set.title}: ${alternative}`, plan)}</div>`;
  });
  return html`<figure class="plot panels">
<ul class="legend">${legend}</ul>
<div class="panel-grid">${drawn}</div>
<figcaption>${caption}</figcaption>
</figure>`;
}

/** Links to the files of a figure. */
export function figureFiles({ name }: Pick<PageFigure, 'name'>, folder = ''): SafeHtml {
  const file = `${folder}plots/${name}`;
  return html`<span class="files"><a href="${file}.svg">SVG</a> <a href="${file}.png">PNG</a> <a href="${file}.vl.json">Vega-Lite</a> <a href="${file}.csv">CSV</a></span>`;
}

/**
 * The drawing. Its neutral colours become variables of the page, so that it follows a dark theme; the methods' colours
 * stay. Its own width goes along, so that a small one is not blown up. One stop for the keyboard: the arrows go through
 * its points.
 */
function canvas({ svg }: PageFigure, alternative: string, plan?: FigureOptions['plan']): SafeHtml {
  let drawn = svg.replaceAll(`fill="${NEUTRALS.paper}"`, 'fill="none"');
  for (const name of ['ink', 'muted', 'rule', 'grid'] as const) {
    drawn = drawn.replaceAll(`"${NEUTRALS[name]}"`, `"var(--plot-${name})"`);
  }
  if (plan !== undefined) drawn = tagMethods(drawn, plan);
  const width = /^<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1];
  const natural = width !== undefined && html` style="--natural: ${width}px"`;
  return html`<div class="canvas" role="img" tabindex="0" aria-label="${alternative}"${natural}>${trusted(drawn)}</div>`;
}

/**
 * Says of every mark in a method's colour, and of every text that is its name, whose it is. Methods that share a colour,
 * for want of more, go together.
 */
function tagMethods(svg: string, { methods }: Pick<ReportPlan, 'methods'>): string {
  const byColour = new Map<string, string>();
  for (const [key, { colour }] of methodStyles(methods)) if (!byColour.has(colour)) byColour.set(colour, key);
  const byName = new Map(methods.map(({ key, title }) => [svgText(title), key]));
  const tag = (element: string, key: string | undefined) =>
    key === undefined ? element : element.replace(' ', ` ${html`data-method="${key}"`.markup} `);
  return svg
    .replace(/<(?:path|line) [^>]*>/g, (mark) => {
      const colours = mark.matchAll(/(?:fill|stroke)="(#[0-9a-f]{6})"/g);
      return tag(
        mark,
        [...colours].map(([, colour]) => byColour.get(colour!)).find((key) => key !== undefined),
      );
    })
    .replace(/<text [^>]*>([^<]*)<\/text>/g, (text, name) => tag(text, byName.get(String(name))));
}

/** A text as Vega writes it into an SVG. */
const svgText = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
