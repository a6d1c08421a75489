import { plural } from '../format.ts';
import { type HtmlValue, html, type SafeHtml } from '../html.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import type { Strip, StripPicture } from '../strips.ts';
import type { PageInput } from './input.ts';
import { perBackbone, type Section, section } from './section.ts';

/** Some test pictures of every set, with what two methods said of them. */
export function stripsSection(input: PageInput): Section | null {
  const parts = perBackbone(input, ({ strips }) => {
    return strips.length === 0 ? null : html`${strips.map((strip) => stripRow(input.plan, strip))}`;
  });
  const note =
    'A few test pictures of each set as the model sees them: where the two methods differ, where both are wrong, where both are right; evenly spaced among each kind, not chosen by eye.';
  return parts === null ? null : section('strips', 'Right and wrong', note, parts);
}

function stripRow(plan: ReportPlan, strip: Strip): SafeHtml {
  const { set, seed, subject, baseline, pictures } = strip;
  const run = [titleOf(plan.methods, subject.method), plural(subject.shots, 'shot')];
  if (seed !== null) run.push(`seed ${seed}`);
  const other = titleOf(plan.methods, baseline.method);
  return html`
<div class="strip" data-set="${set.key}"><h3>${set.title} <small>${other} against ${run.join(', ')}</small></h3>
<ul>${pictures.map((picture) => stripItem(picture, other, run[0]!))}</ul></div>`;
}

function stripItem(
  { image, className, subject, baseline }: StripPicture,
  other: string,
  ours: string,
): SafeHtml {
  const source = `data:${image.type};base64,${Buffer.from(image.bytes).toString('base64')}`;
  const name = className.replaceAll('_', ' ');
  return html`
<li><img src="${source}" alt="${name}" width="72" height="72"><b>${name}</b>${answerLine(other, baseline)}${answerLine(ours, subject)}</li>`;
}

function answerLine(method: string, { right, given }: StripPicture['subject']): HtmlValue {
  const said = right ? 'right' : (given?.replaceAll('_', ' ') ?? 'wrong');
  return html`<span class="${right ? 'right' : 'wrong'}" title="${method}"><span class="unseen">${method}: </span>${right ? '✓' : '✗'} ${said}</span>`;
}
