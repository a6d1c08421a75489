import { type Choice, settingTitle, shortNumber } from '../chosen.ts';
import { DASH, percent, slug } from '../format.ts';
import { html, type SafeHtml } from '../html.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { mean } from '../statistics.ts';
import { dataTable, type Field } from './data-table.ts';
import { figure } from './figure.ts';
import type { ChosenPart, PageInput } from './input.ts';
import { perBackbone, type Section, section } from './section.ts';
import { shotCounts } from './shot-counts.ts';

/** What methods chose on validation pictures, and what they chose from. */
export function chosenSection(input: PageInput): Section | null {
  const parts = perBackbone(input, ({ chosen }) => {
    if (chosen.length === 0) return null;
    return html`${chosen.map((part) => chosenPart(input.plan, part))}`;
  });
  const note =
    'Settings that a method chooses for itself, on validation pictures (at most 4 a class) that it does not learn from; test pictures play no part. One value a seed; in brackets the mean accuracy on the validation pictures.';
  return parts === null ? null : section('chosen', 'Chosen on validation pictures', note, parts);
}

function chosenPart(plan: ReportPlan, part: ChosenPart): SafeHtml {
  const { method, choices, figure: drawing, backbone } = part;
  const title = titleOf(plan.methods, method);
  const setting = settingTitle(part.setting);
  const drawn =
    drawing !== undefined &&
    html`<div class="wide">${figure(
      drawing,
      `Validation accuracy of ${title} against ${setting}, one panel a dataset, ${backbone}; what was chosen stands in the table below.`,
      `${title}: lines are means over seeds at the values that all seeds tried; rings are what each seed chose.`,
    )}</div>`;
  const counts = shotCounts(plan);
  const table = dataTable({
    name: `chosen-${slug(method)}-${slug(part.setting)}`,
    caption: `${title}: ${setting} chosen, by seed`,
    columns: [
      { head: 'Dataset' },
      ...counts.map((shots) => ({
        head: `${shots}-shot`,
        numeric: true,
        copy: [`${shots}-shot`, `${shots}-shot validation accuracy`],
      })),
    ],
    rows: plan.datasets.flatMap(({ key, title }) => {
      const mine = choices.filter(({ dataset }) => dataset === key);
      if (mine.length === 0) return [];
      const fields = counts.map((shots) => choiceField(mine.filter((choice) => choice.shots === shots)));
      return [[{ content: title, set: key }, ...fields]];
    }),
  });
  return html`${drawn}${table}`;
}

function choiceField(choices: readonly Choice[]): Field {
  if (choices.length === 0) return { content: DASH, sort: null, copy: ['', ''] };
  const values = choices.map(({ value }) => shortNumber(value)).join(', ');
  const accuracies = choices.map(({ accuracy }) => accuracy).filter((accuracy) => accuracy !== null);
  const held = accuracies.length > 0 && html` <small>(${percent(mean(accuracies))})</small>`;
  return {
    content: html`${values}${held}`,
    sort: mean(choices.map(({ value }) => value)),
    copy: [values, accuracies.length > 0 ? percent(mean(accuracies), 4) : ''],
  };
}
