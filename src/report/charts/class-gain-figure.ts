import type { TopLevelSpec } from 'vega-lite';
import type { SetGains } from '../class-gains.ts';
import type { MethodPoint } from '../compare.ts';
import { percent, plural, points } from '../format.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { inPercent } from './few-shot-data.ts';
import { methodStyles } from './method-styles.ts';
import { textWidth } from './text-width.ts';
import { CHART_CONFIG, NEUTRALS, ROW_NAMES, VEGA_LITE_SCHEMA } from './theme.ts';

/** One class, or the mean of a set's. */
interface GainTick {
  readonly set: string;
  readonly class: string;
  /** Percentage points, six decimals. */
  readonly gain: number;
  readonly label: string;
}

const WIDTH = 640;
const LABEL_SIZE = 10.5;
/** Pixels between a tick and its class's name. */
const AWAY = 7;
/** Letters of a class's name that are shown. */
const LONGEST = 26;

/** Round places from end to end: the axis goes on where only names stand. */
function ticksWithin(low: number, high: number): number[] {
  const step = high - low > 160 ? 50 : high - low > 50 ? 20 : 5;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

const cut = (name: string) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);

/** Pixels that the longest of some names takes. */
const roomFor = (names: readonly string[]) =>
  Math.max(0, ...names.map((name) => textWidth(cut(name), LABEL_SIZE, false))) + AWAY + 6;

/**
 * What one method has more than another within every class: a row a test set, a tick a class, the classes at both ends
 * named, a diamond at their mean.
 */
export function classGainFigure(
  plan: ReportPlan,
  subject: MethodPoint,
  baseline: MethodPoint,
  sets: readonly SetGains[],
): TopLevelSpec {
  const title = `${titleOf(plan.methods, subject.method)} minus ${titleOf(plan.methods, baseline.method)} within classes, ${plural(subject.shots, 'shot')}`;
  const colour = methodStyles(plan.methods).get(subject.method)?.colour ?? NEUTRALS.muted;
  const tick = (set: string, name: string, gain: number, ours: number, theirs: number): GainTick => {
    const label = `${set}, ${name}: ${points(gain)} points (${percent(ours)} % against ${percent(theirs)} %)`;
    return { set, class: name, gain: inPercent(gain), label };
  };
  const ticks = sets.flatMap(({ set, gains }) =>
    gains.map(({ name, gain, subject, baseline }) => tick(set.title, name, gain, subject, baseline)),
  );
  const ends = sets.map(({ set, gains }) => [gains.at(-1)!, gains[0]!].map((end) => ({ set, end })));
  const [lowest, highest] = [0, 1].map((side) =>
    ends.flatMap((both) => {
      const { set, end } = both[side]!;
      const { name, gain, subject, baseline } = end;
      return [{ ...tick(set.title, name, gain, subject, baseline), class: cut(name) }];
    }),
  ) as [GainTick[], GainTick[]];
  const means = sets.map(({ set, gains }): GainTick => {
    const mean = (read: (of: (typeof gains)[number]) => number) =>
      gains.reduce((sum, of) => sum + read(of), 0) / gains.length;
    const [ours, theirs] = [mean(({ subject }) => subject), mean(({ baseline }) => baseline)];
    return tick(
      set.title,
      `mean over ${plural(gains.length, 'class', 'classes')}`,
      ours - theirs,
      ours,
      theirs,
    );
  });
  // Both names fit: the domain is widened by what they need.
  const values = ticks.map(({ gain }) => gain);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const [left, right] = [lowest, highest].map((side) => roomFor(side.map((of) => of.class))) as [
    number,
    number,
  ];
  const unit = Math.max(high - low, 1) / (WIDTH - left - right);
  const y = {
    field: 'set' satisfies keyof GainTick,
    type: 'nominal' as const,
    sort: null,
    scale: { domain: sets.map(({ set }) => set.title) },
    axis: ROW_NAMES,
  };
  const x = {
    field: 'gain' satisfies keyof GainTick,
    type: 'quantitative' as const,
    scale: { domain: [low - left * unit, high + right * unit], nice: false },
    axis: { title: 'Accuracy gained within a class (percentage points)', values: ticksWithin(low, high) },
  };
  const named = { type: 'text' as const, baseline: 'middle' as const, fontSize: LABEL_SIZE, aria: false };
  const text = { field: 'class' satisfies keyof GainTick, type: 'nominal' as const };
  const description = { field: 'label' satisfies keyof GainTick, type: 'nominal' as const };
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: ${title}, a tick a class.`,
    config: CHART_CONFIG,
    title: { text: title, frame: 'group', offset: 12 },
    width: WIDTH,
    height: { step: 26 },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', color: NEUTRALS.rule, strokeWidth: 1.4, aria: false },
        encoding: { x: { datum: 0, type: 'quantitative' } },
      },
      {
        data: { values: ticks },
        mark: { type: 'tick', color: colour, opacity: 0.55, thickness: 1.8, height: 14 },
        encoding: { x, y, description },
      },
      {
        data: { values: means },
        mark: { type: 'point', shape: 'diamond', filled: true, size: 70, color: NEUTRALS.ink, opacity: 1 },
        encoding: { x, y, description },
      },
      {
        data: { values: lowest },
        mark: { ...named, align: 'right', dx: -AWAY, color: NEUTRALS.muted },
        encoding: { x, y, text },
      },
      {
        data: { values: highest },
        mark: { ...named, align: 'left', dx: AWAY, color: NEUTRALS.muted },
        encoding: { x, y, text },
      },
    ],
  };
}
