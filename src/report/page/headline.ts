import { methodStyles } from '../charts/method-styles.ts';
import type { Comparison } from '../compare.ts';
import { integer, percent, plural, points } from '../format.ts';
import { headlineComparisons } from '../headline.ts';
import { type HtmlValue, html, type SafeHtml } from '../html.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { mean } from '../statistics.ts';
import { figure } from './figure.ts';
import type { BackbonePart, PageInput } from './input.ts';
import { perBackbone, type Section } from './section.ts';

/** The answer first: the subject's accuracy, what it gains over the other methods, and the average's curves. */
export function headlineSection(input: PageInput): Section | null {
  const parts = perBackbone(input, (part) => headline(input.plan, part));
  if (parts === null) return null;
  const body = html`<section aria-labelledby="headline">${parts}</section>`;
  return { id: 'headline', title: 'Headline', body };
}

function headline(plan: ReportPlan, part: BackbonePart): SafeHtml | null {
  const comparisons = headlineComparisons(plan, part.comparisons);
  const drawing = part.figures.headline;
  const first = comparisons[0];
  if (first === undefined && drawing === undefined) return null;
  const id = part.backbone === plan.cells[0]?.cell.backbone.name && html` id="headline"`;
  const text =
    first !== undefined &&
    html`<div>
<h2${id}>${headlineTitle(plan, first)}</h2>
<ul class="tiles">${subjectTile(plan, first)}${comparisons.map((comparison) => gainTile(plan, comparison))}</ul>
</div>`;
  const caption = 'Mean over seeds; the band is ± one standard deviation over seeds.';
  const alternative = `Accuracy by labelled training pictures per class, ${part.backbone}; the numbers stand in the tables below.`;
  const picture = drawing !== undefined && figure(drawing, alternative, caption);
  return html`<div class="headline">${text}${picture}</div>`;
}

function headlineTitle(plan: ReportPlan, { subject, pairs, difference, baseline }: Comparison): SafeHtml {
  const name = (key: string) => html`<span class="keep">${titleOf(plan.methods, key)}</span>`;
  const gain = difference >= 0 ? 'gains' : 'loses';
  const size = percent(Math.abs(difference));
  const only = titleOf(plan.datasets, pairs[0]?.dataset ?? '');
  const where = pairs.length > 1 ? 'on average' : `on ${only}`;
  return html`With ${plural(subject.shots, 'picture')} per class, ${name(subject.method)} ${gain} ${size} points over ${name(baseline.method)} ${where}`;
}

function subjectTile(plan: ReportPlan, { subject, pairs }: Comparison): SafeHtml {
  const accuracy = mean(pairs.map((pair) => pair.subject));
  return tile(
    plan,
    subject.method,
    html`${percent(accuracy)}<small> %</small>`,
    `${titleOf(plan.methods, subject.method)}, ${plural(subject.shots, 'shot')}`,
    `accuracy ${over(plan, pairs)}`,
  );
}

function gainTile(plan: ReportPlan, comparison: Comparison): SafeHtml {
  const { baseline, pairs, difference } = comparison;
  const accuracy = percent(mean(pairs.map((pair) => pair.baseline)));
  return tile(
    plan,
    baseline.method,
    html`${points(difference)}<small> points</small>`,
    `over ${titleOf(plan.methods, baseline.method)} (${accuracy} %)`,
    intervalText(plan, comparison),
  );
}

/** The interval in words, with all that makes it readable: n, what was averaged, which test. */
function intervalText(plan: ReportPlan, { interval, pairs }: Comparison): string {
  if (interval === null) return `${over(plan, pairs)}; one dataset gives no interval`;
  const range = `95 % interval ${points(interval.low)} to ${points(interval.high)}`;
  const chance = interval.low <= 0 && interval.high >= 0 ? ' It contains zero: this may be chance.' : '';
  const sets = over(plan, pairs);
  return `${range} ${sets} (paired, n = ${interval.n}, seeds averaged, two-sided t).${chance}`;
}

/** "over 11 datasets", "over 7 of 11 datasets", "on Icons". */
function over(plan: ReportPlan, pairs: Comparison['pairs']): string {
  const all = plan.datasets.length;
  const first = pairs[0];
  if (pairs.length === 1 && first !== undefined) return `on ${titleOf(plan.datasets, first.dataset)}`;
  if (pairs.length === all) return `over ${plural(all, 'dataset')}`;
  return `over ${integer(pairs.length)} of ${integer(all)} datasets`;
}

function tile(
  plan: ReportPlan,
  method: string,
  number: SafeHtml,
  what: HtmlValue,
  note: HtmlValue,
): SafeHtml {
  const colour = methodStyles(plan.methods).get(method)?.colour ?? 'var(--line)';
  return html`
<li class="tile" style="--colour: ${colour}"><b>${number}</b><span class="what">${what}</span><span>${note}</span></li>`;
}
