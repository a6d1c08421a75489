import { methodStyles } from '../charts/method-styles.ts';
import { slug } from '../format.ts';
import { type HtmlValue, html, type SafeHtml } from '../html.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { prefixTables } from './data-table.ts';
import type { BackbonePart, PageInput } from './input.ts';

/** A part of the page with its entry in the navigation. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: SafeHtml;
}

/** A heading, an optional line under it, and the content. */
export function section(id: string, title: string, note: HtmlValue, content: HtmlValue): Section {
  const noteLine = note !== null && html`<p class="section-note">${note}</p>`;
  return {
    id,
    title,
    body: html`
<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${noteLine}
${content}
</section>`,
  };
}

/** The content of every backbone, each under its name where there are several; null where none has any. */
export function perBackbone(
  { backbones }: PageInput,
  content: (part: BackbonePart) => SafeHtml | null,
): readonly SafeHtml[] | null {
  const parts = backbones.flatMap((part) => {
    const body = content(part);
    if (body === null) return [];
    if (backbones.length === 1) return [body];
    return [
      html`<h3>${part.backbone}</h3>${prefixTables(body, backboneName(backbones, part), part.backbone)}`,
    ];
  });
  return parts.length === 0 ? null : parts;
}

/** A backbone's name for a file, different for each. */
function backboneName(backbones: readonly BackbonePart[], { backbone }: BackbonePart): string {
  const same = backbones.filter((other) => slug(other.backbone) === slug(backbone));
  const number = same.findIndex((other) => other.backbone === backbone) + 1;
  return same.length > 1 ? `${slug(backbone)}-${number}` : slug(backbone);
}

/** A method's title behind a dot of its colour. */
export function methodName(plan: Pick<ReportPlan, 'methods'>, method: string): SafeHtml {
  const colour = methodStyles(plan.methods).get(method)?.colour;
  const dot = colour !== undefined && html`<span class="chip" style="--colour: ${colour}"></span>`;
  return html`${dot}${titleOf(plan.methods, method)}`;
}
