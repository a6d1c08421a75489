import type { TopLevelSpec } from 'vega-lite';
import type { Confusion } from '../confusion.ts';
import { integer, percent, plural } from '../format.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { inPercent } from './few-shot-data.ts';
import { CHART_CONFIG, NEUTRALS, VEGA_LITE_SCHEMA } from './theme.ts';

/** One field of the matrix. */
interface ConfusionField {
  readonly class: string;
  readonly given: string;
  /** Share of the class's pictures in percent, six decimals. */
  readonly share: number;
  readonly number: string;
  /** `right` on the diagonal. */
  readonly kind: 'right' | 'wrong';
  readonly label: string;
}

/** Classes shown, the worst first, and columns at most. */
const ROWS = 10;
const COLUMNS = 16;
/** Of numbers on dark fields: not the paper's white, which a page takes for its background. */
const ON_DARK = '#fefefe';
/** Shares below this have no number in their field. */
const FAINT = 0.05;

/**
 * What the classes with the lowest accuracy are taken for: a row a class, the worst first; a column a class that was
 * given, these classes themselves and those most often given for them; the share of the class's pictures as a colour
 * and a number.
 *
 * @returns null where no class has a wrong answer.
 */
export function confusionFigure(plan: ReportPlan, confusion: Confusion): TopLevelSpec | null {
  const { set, point, classNames, counts, given } = confusion;
  const rightShare = (label: number) => (given.get(label)?.get(label) ?? 0) / counts.get(label)!;
  const worst = [...counts.keys()]
    .filter((label) => rightShare(label) < 1)
    .sort((a, b) => rightShare(a) - rightShare(b) || a - b)
    .slice(0, ROWS);
  if (worst.length === 0) return null;
  const columns = columnsOf(worst, given);
  const nameOf = distinctNames(classNames, new Set([...worst, ...columns]));
  const fields = worst.flatMap((label) =>
    columns.flatMap((answer): ConfusionField[] => {
      const pictures = given.get(label)?.get(answer) ?? 0;
      if (pictures === 0) return [];
      const share = pictures / counts.get(label)!;
      const [name, other] = [nameOf(label), nameOf(answer)];
      return [
        {
          class: name,
          given: other,
          share: inPercent(share),
          number: percent(share, 0),
          kind: answer === label ? 'right' : 'wrong',
          label: `${name} taken for ${other}: ${percent(share)} % (${integer(pictures)} of ${integer(counts.get(label)!)})`,
        },
      ];
    }),
  );
  const method = titleOf(plan.methods, point.method);
  const title = `${set.title}: what the worst classes are taken for (% of a class; ${method}, ${plural(point.shots, 'shot')})`;
  const domain = (labels: readonly number[]) => ({ domain: labels.map(nameOf) });
  const axis = { title: null, labelLimit: 150, labelColor: NEUTRALS.ink, grid: false };
  const x = {
    field: 'given' satisfies keyof ConfusionField,
    type: 'nominal' as const,
    sort: null,
    scale: domain(columns),
    axis: { ...axis, orient: 'top' as const, labelAngle: -40 },
  };
  const y = {
    field: 'class' satisfies keyof ConfusionField,
    type: 'nominal' as const,
    sort: null,
    scale: domain(worst),
    axis,
  };
  const isRight = "datum.kind === 'right'";
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: ${title}.`,
    config: CHART_CONFIG,
    title: { text: title, frame: 'group', offset: 12 },
    width: { step: 36 },
    height: { step: 24 },
    data: { values: fields },
    layer: [
      {
        mark: { type: 'rect', cornerRadius: 2 },
        encoding: {
          x,
          y,
          // One hue for right answers, one for wrong ones; how much is said by opacity, so that it reads on any paper.
          color: { condition: { test: isRight, value: '#0072b2' }, value: '#d55e00' },
          opacity: {
            field: 'share' satisfies keyof ConfusionField,
            type: 'quantitative',
            scale: { domain: [0, 100], range: [0.12, 1] },
            legend: null,
          },
          description: { field: 'label', type: 'nominal' },
        },
      },
      {
        transform: [{ filter: `datum.share >= ${100 * FAINT}` }],
        mark: { type: 'text', fontSize: 11, baseline: 'middle', aria: false },
        encoding: {
          x,
          y,
          text: { field: 'number', type: 'nominal' },
          color: { condition: { test: 'datum.share > 75', value: ON_DARK }, value: NEUTRALS.ink },
        },
      },
    ],
  };
}

/** The classes themselves, then those that are most often given for them. */
function columnsOf(worst: readonly number[], given: Confusion['given']): readonly number[] {
  const totals = new Map<number, number>();
  for (const label of worst) {
    for (const [answer, pictures] of given.get(label) ?? []) {
      if (!worst.includes(answer)) totals.set(answer, (totals.get(answer) ?? 0) + pictures);
    }
  }
  const others = [...totals].sort(([a, n], [b, m]) => m - n || a - b).map(([answer]) => answer);
  return [...worst, ...others.slice(0, COLUMNS - worst.length)];
}

/** Names of labels; one that several of the shown classes share gets its label behind it. */
function distinctNames(classNames: readonly string[], shown: ReadonlySet<number>): (label: number) => string {
  const words = (label: number) => (classNames[label] ?? `class ${label}`).replaceAll('_', ' ');
  const seen = new Map<string, number>();
  for (const label of shown) seen.set(words(label), (seen.get(words(label)) ?? 0) + 1);
  return (label) => (seen.get(words(label))! > 1 ? `${words(label)} (${label})` : words(label));
}
