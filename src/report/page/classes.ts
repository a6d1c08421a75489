import type { ClassGain, SetGains } from '../class-gains.ts';
import { integer, percent, plural, points } from '../format.ts';
import { headlineComparisons } from '../headline.ts';
import { html, type SafeHtml } from '../html.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { dataTable, type Field } from './data-table.ts';
import { figure } from './figure.ts';
import type { BackbonePart, PageInput } from './input.ts';
import { perBackbone, type Section, section } from './section.ts';

/** Classes named at each end of a set. */
const NAMED = 3;

/** Which classes gain and lose, and what the worst are taken for. */
export function classesSection(input: PageInput): Section | null {
  const parts = perBackbone(input, (part) => classes(input.plan, part));
  const note =
    'Accuracy within classes, all seeds together. A class has few test pictures: one picture moves its number by many points, so read the pattern and not the single class. All classes stand in per_class.csv.';
  return parts === null ? null : section('classes', 'Class by class', note, parts);
}

function classes(plan: ReportPlan, part: BackbonePart): SafeHtml | null {
  const first = headlineComparisons(plan, part.comparisons)[0]?.comparison;
  const { classGain } = part.figures;
  if (first === undefined || part.classGains.length === 0) return null;
  const [ours, theirs] = [first.subject, first.baseline].map(({ method }) => titleOf(plan.methods, method));
  const drawn =
    classGain !== undefined &&
    html`<div class="wide">${figure(
      classGain,
      `Points gained by ${ours} over ${theirs} within every class, a row a set, ${part.backbone}.`,
      `A tick a class, the classes at both ends named; diamonds: means over classes.`,
    )}</div>`;
  return html`${drawn}${gainsTable(part.classGains, ours!, theirs!)}${confusions(plan, part)}`;
}

function gainsTable(sets: readonly SetGains[], ours: string, theirs: string): SafeHtml {
  const rows = sets.flatMap(({ set, gains }) => {
    const ends = gains.length <= 2 * NAMED ? gains : [...gains.slice(0, NAMED), ...gains.slice(-NAMED)];
    return ends.map((gain) => gainRow(set, gain));
  });
  return html`<details><summary>The classes that gain and lose most</summary>${dataTable({
    name: 'class-gains',
    caption: `${ours} minus ${theirs} within classes, the ${NAMED} largest and smallest of each set`,
    columns: [
      { head: 'Dataset' },
      { head: 'Class' },
      { head: 'Test pictures', numeric: true },
      { head: `${theirs}, %`, numeric: true },
      { head: `${ours}, %`, numeric: true },
      { head: 'Gain, points', numeric: true },
    ],
    rows,
  })}</details>`;
}

function gainRow({ title, key }: SetGains['set'], gain: ClassGain): readonly Field[] {
  const { name, pictures, baseline, subject } = gain;
  const share = (value: number): Field => {
    return { content: percent(value), sort: value, copy: [percent(value, 4)] };
  };
  return [
    { content: title, set: key },
    { content: name.replaceAll('_', ' ') },
    { content: integer(pictures), sort: pictures, copy: [pictures] },
    share(baseline),
    share(subject),
    { content: points(gain.gain), sort: gain.gain, copy: [percent(gain.gain, 4)] },
  ];
}

function confusions(plan: ReportPlan, part: BackbonePart): SafeHtml {
  const [first, ...rest] = part.figures.confusions.map(({ set, figure: drawing }) => {
    return html`<div data-set="${set.key}">${figure(
      drawing,
      `What the worst classes of ${set.title} are taken for, ${part.backbone}; the numbers stand in confusion.csv.`,
      'Rows: the classes with the lowest accuracy. Blue: right; orange: taken for another; where a row does not add up to 100 the rest went to other classes.',
    )}</div>`;
  });
  if (first === undefined) {
    return html`<p class="section-note">What wrong answers were is not in these records${
      plan.testLabels === undefined ? '' : ' (they are of an earlier version)'
    }: no confusion is shown.</p>`;
  }
  return html`<h3>What the worst classes are taken for</h3>${first}${
    rest.length > 0 && html`<details><summary>${plural(rest.length, 'more set')}</summary>${rest}</details>`
  }`;
}
