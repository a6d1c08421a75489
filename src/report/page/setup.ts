import { type HtmlValue, html } from '../html.ts';
import { backbonesOf, type ReportPlan } from '../plan.ts';
import { hasTargets, unitWord } from '../test-sets.ts';
import { commandBox } from './command-box.ts';
import { definitions } from './definitions.ts';
import type { PageInput } from './input.ts';
import { type Section, section } from './section.ts';
import { settingBlocks, settingTables } from './settings.ts';

/** Command, versions, settings, and how the numbers come about. */
export function setupSection({ plan, backbones }: PageInput): Section {
  const choices = backbones.flatMap(({ chosen }) => chosen);
  const content = html`${commandBox(plan.command)}
<div class="columns">
<div><h3>Versions</h3>${definitions(Object.entries(plan.versions))}</div>
<div><h3>Runtime and backbone</h3>${definitions(runtimeEntries(plan))}</div>
${settingBlocks(plan, choices)}
</div>
${settingTables(plan)}
<h3>How the numbers are computed</h3>
<ul class="plain">${[...computing(plan), ...(plan.notes ?? [])].map((line) => html`<li>${line}</li>`)}</ul>`;
  return section('setup', 'How this was run', null, content);
}

/** How the numbers come about, as plain text. */
function computing(plan: ReportPlan): readonly string[] {
  const unit = unitWord(plan);
  const average = hasTargets(plan)
    ? 'The mean over targets counts every target once, whatever its number of pictures, and leaves the source out. It is taken for each seed first; mean and ± are those of these means. It is shown only where every target has a result. Differences between methods are taken over the targets alone.'
    : 'The average counts every dataset once. It is taken for each seed first; mean and ± are those of these averages. It is shown only where every dataset has a result.';
  return [
    'Accuracy is the share of test pictures whose highest score is their own class. Macro accuracy, in the CSV files, is the mean over classes of the accuracy within the class.',
    'Every seed draws its own labelled pictures; all methods see the same draw. ± is the standard deviation over seeds with divisor n. Where nothing is random there is none.',
    average,
    `Intervals of differences: seeds are averaged within a ${unit}, then mean ± t · s / √n over the n ${unit}s, with Student’s t for n − 1 degrees of freedom. They speak about ${unit}s like these; three seeds alone decide nothing.`,
    `Intervals on one ${unit}: its test pictures are drawn again with replacement, the same ones for both methods, each with the mean over seeds of what it adds to the difference; the ends leave 2.5 % of all such resamples on either side. The distribution over resamples is computed instead of sampled, so it is the same each time.`,
    'Nothing is chosen by looking at test pictures. Tables and figures are made from the records alone.',
  ];
}

function runtimeEntries(plan: ReportPlan): (readonly [HtmlValue, HtmlValue])[] {
  const distinct = (read: (cell: ReportPlan['cells'][number]['cell']) => string) => {
    return [...new Set(plan.cells.map(({ cell }) => read(cell)))].join(', ');
  };
  return [
    ['engine', distinct((cell) => cell.runtime.engine)],
    ['device', distinct((cell) => cell.runtime.device)],
    ['precision', distinct((cell) => cell.runtime.precision)],
    ...backbonesOf(plan).map((name): readonly [HtmlValue, HtmlValue] => {
      const sha256 = plan.cells.find(({ cell }) => cell.backbone.name === name)?.cell.backbone.sha256 ?? '';
      return [name, html`<code title="SHA-256 of the checkpoint: ${sha256}">${sha256.slice(0, 12)}</code>`];
    }),
  ];
}
