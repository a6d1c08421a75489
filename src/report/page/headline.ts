import { methodStyles } from '../charts/method-styles.ts';
import type { Comparison } from '../compare.ts';
import { integer, percent, plural, points } from '../format.ts';
import { type HeadlineComparison, headlineComparisons } from '../headline.ts';
import { type HtmlValue, html, type SafeHtml } from '../html.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import { mean } from '../statistics.ts';
import { comparedSets, hasTargets, unitWord } from '../test-sets.ts';
import { figure } from './figure.ts';
import type { BackbonePart, PageInput } from './input.ts';
import { perBackbone, type Section } from './section.ts';

/** Letters of a method's name that fit on one line of the title; a longer one may break. */
const LONGEST_KEPT = 26;

/** Up to this many test sets an interval is a hint only, whatever it says. */
const FEW_SETS = 5;

/** The answer first: the subject's accuracy, what it gains over other methods, and the figure of the average. */
export function headlineSection(input: PageInput): Section | null {
  const parts = perBackbone(input, (part) => headline(input, part));
  if (parts === null) return null;
  const body = html`<section aria-labelledby="headline">${parts}</section>`;
  return { id: 'headline', title: 'Headline', body };
}

function headline({ plan, tables }: PageInput, part: BackbonePart): SafeHtml | null {
  const comparisons = headlineComparisons(plan, part.comparisons);
  const drawing = part.figures.headline;
  const first = comparisons[0];
  if (first === undefined && drawing === undefined) return null;
  const id = part.backbone === plan.cells[0]?.cell.backbone.name && html` id="headline"`;
  const text =
    first !== undefined &&
    html`<div>
<h2${id}>${headlineTitle(plan, first)}</h2>
<ul class="tiles">${subjectTile(plan, first.comparison, sourceText(plan, tables.summary, part, first.comparison))}${comparisons.map((comparison) => gainTile(plan, comparison))}</ul>
${restText(first)}
</div>`;
  const curves = plan.shots.length > 1;
  const spread = curves ? 'the band is' : 'lines through the dots are';
  const caption = `Mean over seeds; ${spread} ± one standard deviation over seeds.`;
  const axis = curves ? 'labelled training pictures per class' : 'method';
  const alternative = `Accuracy by ${axis}, ${part.backbone}; the numbers stand in the tables below.`;
  const picture = drawing !== undefined && figure(drawing, alternative, caption, { plan });
  return html`<div class="headline">${text}${picture}</div>`;
}

export function headlineTitle(plan: ReportPlan, { comparison, standsFor }: HeadlineComparison): SafeHtml {
  const { subject, pairs, difference, baseline } = comparison;
  const name = (key: string) => {
    const title = titleOf(plan.methods, key);
    return title.length > LONGEST_KEPT ? title : html`<span class="keep">${title}</span>`;
  };
  const size = `${percent(Math.abs(difference))} points`;
  const change = difference >= 0 ? `gains ${size} over` : `falls ${size} behind`;
  const rank = standsFor !== null && `, the ${standsFor.rank} of ${standsFor.among} others,`;
  const only = pairs.length === 1 ? pairs[0]?.set.title : undefined;
  const average =
    unitWord(plan) === 'target' ? `on average over ${plural(pairs.length, 'target')}` : 'on average';
  const where = only === undefined ? average : `on ${only}`;
  return html`With ${plural(subject.shots, 'picture')} per class, ${name(subject.method)} ${change} ${name(baseline.method)}${rank} ${where}`;
}

function subjectTile(plan: ReportPlan, { subject, pairs }: Comparison, own: string): SafeHtml {
  const accuracy = mean(pairs.map((pair) => pair.subject));
  return tile(
    plan,
    subject.method,
    html`${percent(accuracy)}<small> %</small>`,
    `${titleOf(plan.methods, subject.method)}, ${plural(subject.shots, 'shot')}`,
    `accuracy ${over(plan, pairs)}${own}`,
  );
}

/** With targets: what the subject reaches on the source's own test pictures, and how much of it is lost. */
function sourceText(
  plan: ReportPlan,
  summary: readonly SummaryRow[],
  { backbone }: BackbonePart,
  { subject, pairs }: Comparison,
): string {
  const sources = [...new Set(pairs.map(({ set }) => set.dataset))];
  const [source] = sources;
  if (!hasTargets(plan) || source === undefined || sources.length > 1) return '';
  const row = summary.find((row) => {
    const own = row.dataset === source && row.target === source && row.backbone === backbone;
    return own && row.method === subject.method && row.shots === subject.shots;
  });
  if (row === undefined) return '';
  const change = mean(pairs.map((pair) => pair.subject)) - row.accuracy_mean;
  return `; ${percent(row.accuracy_mean)} % on ${titleOf(plan.datasets, source)} itself, a change of ${points(change)} points`;
}

function gainTile(plan: ReportPlan, { comparison, standsFor }: HeadlineComparison): SafeHtml {
  const { baseline, pairs, difference } = comparison;
  const accuracy = percent(mean(pairs.map((pair) => pair.baseline)));
  const rank = standsFor === null ? '' : `, the ${standsFor.rank} of ${standsFor.among} others`;
  return tile(
    plan,
    baseline.method,
    html`${points(difference)}<small> points</small>`,
    `${difference >= 0 ? 'over' : 'against'} ${titleOf(plan.methods, baseline.method)} (${accuracy} %)${rank}`,
    intervalText(plan, comparison),
  );
}

/** Where two comparisons stand for more: where the others are, and why the best of many is no discovery. */
function restText({ standsFor }: HeadlineComparison): HtmlValue {
  return (
    standsFor !== null &&
    html`<p class="section-note rest">Of so many, some method comes out best by chance alone; <a href="#differences">all differences with their intervals</a>.</p>`
  );
}

/** The interval in words, with all that makes it readable: n, what was averaged, which test. */
function intervalText(plan: ReportPlan, { interval, pairs }: Comparison): string {
  const unit = unitWord(plan);
  if (interval === null) return `${over(plan, pairs)}; one ${unit} gives no interval`;
  const range = `95 % interval ${points(interval.low)} to ${points(interval.high)}`;
  const chance = interval.low <= 0 && interval.high >= 0 ? ' It contains zero: this may be chance.' : '';
  const few = interval.n <= FEW_SETS ? ` ${integer(interval.n)} ${unit}s are few: a hint, no proof.` : '';
  const sets = over(plan, pairs);
  return `${range} ${sets} (paired, n = ${interval.n}, seeds averaged, two-sided t).${chance}${few}`;
}

/** "over 11 datasets", "over 7 of 11 datasets", "over 4 targets", "on Icons". */
function over(plan: ReportPlan, pairs: Comparison['pairs']): string {
  const unit = unitWord(plan);
  const all = comparedSets(plan).length;
  const first = pairs[0];
  if (pairs.length === 1 && first !== undefined) return `on ${first.set.title}`;
  if (pairs.length === all) return `over ${plural(all, unit)}`;
  return `over ${integer(pairs.length)} of ${integer(all)} ${unit}s`;
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
