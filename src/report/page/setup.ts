import { canonicalJson } from '../../config/index.ts';
import { type HtmlValue, html, type SafeHtml } from '../html.ts';
import { backbonesOf, type ReportPlan } from '../plan.ts';
import type { PageInput } from './input.ts';
import { methodName, type Section, section } from './section.ts';

/** Command, versions, settings, and how the numbers come about. */
export function setupSection({ plan }: PageInput): Section {
  const content = html`<div class="command"><code>${plan.command}</code><button type="button" data-copy-text>Copy</button></div>
<div class="columns">
<div><h3>Versions</h3>${definitions(Object.entries(plan.versions))}</div>
<div><h3>Runtime and backbone</h3>${definitions(runtimeEntries(plan))}</div>
${plan.methods.map(({ key }) => methodSettings(plan, key))}
</div>
<h3>How the numbers are computed</h3>
<ul class="plain">${[...COMPUTING, ...(plan.notes ?? [])].map((line) => html`<li>${line}</li>`)}</ul>`;
  return section('setup', 'How this was run', null, content);
}

const COMPUTING = [
  'Accuracy is the share of test pictures whose highest score is their own class. Macro accuracy, in the CSV files, is the mean over classes of the accuracy within the class.',
  'Every seed draws its own labelled pictures; all methods see the same draw. ± is the standard deviation over seeds with divisor n. Where nothing is random there is none.',
  'The average counts every dataset once. It is taken for each seed first; mean and ± are those of these averages. It is shown only where every dataset has a result.',
  'Intervals of differences: seeds are averaged within a dataset, then mean ± t · s / √n over the n datasets, with Student’s t for n − 1 degrees of freedom. They speak about datasets like these; three seeds alone decide nothing.',
  'Nothing is chosen by looking at test pictures. Tables and figures are made from the records alone.',
];

function definitions(entries: readonly (readonly [HtmlValue, HtmlValue])[]): SafeHtml {
  return html`<dl>${entries.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
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

/** Fields of a method's settings; one that changes with the shots says which value goes with which. */
function methodSettings(plan: ReportPlan, method: string): SafeHtml {
  const cells = plan.cells.map(({ cell }) => cell).filter((cell) => cell.method.key === method);
  const fields = new Map<string, Map<string, Set<number>>>();
  for (const cell of cells) {
    for (const [name, value] of Object.entries(cell.method)) {
      if (name === 'key' || name === 'kind') continue;
      const values = fields.get(name) ?? new Map<string, Set<number>>();
      const text = typeof value === 'string' ? value : canonicalJson(value);
      values.set(text, (values.get(text) ?? new Set()).add(cell.shots));
      fields.set(name, values);
    }
  }
  const entries = [...fields].map(([name, values]): readonly [HtmlValue, HtmlValue] => {
    const lines = [...values].map(([text, shots]) => {
      return values.size === 1 ? text : `${text} (${[...shots].join(', ')} shots)`;
    });
    return [name, lines.join('; ')];
  });
  return html`<div><h3>${methodName(plan, method)}</h3>${definitions(entries)}</div>`;
}
