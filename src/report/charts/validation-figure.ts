import type { TopLevelSpec } from 'vega-lite';
import { type Choice, type MethodChoices, settingTitle, shortNumber } from '../chosen.ts';
import { percent, plural } from '../format.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { mean } from '../statistics.ts';
import { inPercent } from './few-shot-data.ts';
import { panelTitle } from './panel-title.ts';
import { CHART_CONFIG, NEUTRALS, VEGA_LITE_SCHEMA } from './theme.ts';

const COLUMNS = 4;
/** Pixels of a panel's plot. */
const WIDTH = 178;

/** One place of a curve, or one choice. */
interface ValidationMark {
  readonly set: string;
  readonly value: number;
  /** Percent, six decimals. */
  readonly accuracy: number;
  readonly shots: string;
  readonly label: string;
}

/**
 * Accuracy on validation pictures against the setting that was chosen on them: a panel a dataset, a line a shot count
 * through what every seed tried (mean over seeds), and a ring a seed at what was chosen.
 *
 * @returns null where no run tells what it tried.
 */
export function validationFigure(
  plan: ReportPlan,
  { method, choices, ...of }: MethodChoices,
): TopLevelSpec | null {
  const shots = [...new Set(choices.map(({ shots }) => shots))].sort((a, b) => a - b).map(String);
  const panels = plan.datasets.flatMap(({ key, title }) => {
    const mine = choices.filter(({ dataset, tried }) => dataset === key && tried.length > 0);
    return mine.length === 0 ? [] : [{ title, mine }];
  });
  if (panels.length === 0) return null;
  const setting = settingTitle(of.setting);
  const positive = choices.every(({ value, tried }) =>
    [value, ...tried.map((point) => point.value)].every((v) => v > 0),
  );
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: accuracy of ${titleOf(plan.methods, method)} on validation pictures against ${setting}.`,
    config: CHART_CONFIG,
    columns: Math.min(COLUMNS, panels.length),
    spacing: { row: 20, column: 20 },
    align: 'each',
    concat: panels.map(({ title, mine }, index) => {
      const x = {
        field: 'value' satisfies keyof ValidationMark,
        type: 'quantitative' as const,
        scale: { type: positive ? ('log' as const) : ('linear' as const), nice: false, padding: 6 },
        axis: { title: setting, grid: false, tickCount: 4, labelExpr: SHORT_VALUE, labelOverlap: true },
      };
      const y = {
        field: 'accuracy' satisfies keyof ValidationMark,
        type: 'quantitative' as const,
        scale: { zero: false, nice: true },
        axis: { title: index % COLUMNS === 0 ? 'Validation accuracy (%)' : null, tickCount: 4 },
      };
      const color = {
        field: 'shots' satisfies keyof ValidationMark,
        type: 'ordinal' as const,
        scale: { domain: shots, range: shots.map((_, i) => shade(i, shots.length)) },
        legend: {
          title: 'Shots',
          titleColor: NEUTRALS.ink,
          titleFontSize: 12,
          titleFontWeight: 'normal' as const,
        },
      };
      return {
        width: WIDTH,
        height: 110,
        layer: [
          panelTitle(title, 12, WIDTH),
          {
            data: { values: curves(title, mine) },
            mark: { type: 'line' as const, strokeWidth: 1.5, aria: false },
            encoding: { x, y, color },
          },
          {
            data: { values: chosenMarks(title, mine) },
            mark: { type: 'point' as const, size: 42, strokeWidth: 1.8, filled: false, fill: NEUTRALS.paper },
            encoding: { x, y, color, description: { field: 'label', type: 'nominal' as const } },
          },
        ],
      };
    }),
  };
}

/** A setting's value: very small and very large ones as a power of ten. */
const SHORT_VALUE =
  "datum.value !== 0 && (abs(datum.value) < 0.01 || abs(datum.value) >= 10000) ? format(datum.value, '.0e') : format(datum.value, '.1~g')";

/** Few to many: light to dark of one hue, all readable on white and on a dark page. */
const SHADES = ['#8fc1e3', '#5b9fd0', '#2b7bba', '#0b5cad', '#0d3f86'];

const shade = (index: number, count: number): string =>
  SHADES[count === 1 ? SHADES.length - 1 : Math.round((index * (SHADES.length - 1)) / (count - 1))]!;

/** Means over seeds at the values that every seed tried. */
function curves(set: string, choices: readonly Choice[]): readonly ValidationMark[] {
  return [...new Set(choices.map(({ shots }) => shots))].flatMap((shots) => {
    const mine = choices.filter((choice) => choice.shots === shots);
    const values = mine[0]!.tried.map(({ value }) => value).sort((a, b) => a - b);
    return values.flatMap((value) => {
      const points = mine.map(({ tried }) => tried.find((point) => point.value === value));
      const found = points.filter((point) => point !== undefined);
      if (found.length < mine.length) return [];
      const accuracy = inPercent(mean(found.map(({ accuracy }) => accuracy)));
      return [{ set, value, accuracy, shots: String(shots), label: '' }];
    });
  });
}

function chosenMarks(set: string, choices: readonly Choice[]): readonly ValidationMark[] {
  return choices.flatMap(({ setting, value, accuracy, shots, seed }) => {
    if (accuracy === null) return [];
    const where = `${plural(shots, 'shot')}${seed === null ? '' : `, seed ${seed}`}`;
    const label = `${where}: ${settingTitle(setting)} ${shortNumber(value)} chosen, ${percent(accuracy)} % of validation pictures`;
    return [
      {
        set,
        value: Number(value.toPrecision(6)),
        accuracy: inPercent(accuracy),
        shots: String(shots),
        label,
      },
    ];
  });
}
