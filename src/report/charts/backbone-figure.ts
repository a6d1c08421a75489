import type { TopLevelSpec } from 'vega-lite';
import { backbonesOf, type ReportPlan } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import { shownSets } from '../test-sets.ts';
import { type CurvePoint, panelData } from './few-shot-data.ts';
import { colourChannel, shapeChannel } from './method-channels.ts';
import { methodStyles } from './method-styles.ts';
import { panelTitle } from './panel-title.ts';
import { CHART_CONFIG, NEUTRALS, ROW_LABEL_LIMIT, VEGA_LITE_SCHEMA } from './theme.ts';

/** A point and the backbone it is of. */
interface BackbonePoint extends CurvePoint {
  readonly backbone: string;
}

const COLUMNS = 3;
/** Height of one method's row within a backbone's band, and the free height around them. */
const ROW = 11;
const AROUND = 14;

/**
 * What better image towers give: a panel a test set and one for the average, a band a backbone, in it a dot a method
 * with ± one standard deviation over seeds, at the most shots.
 *
 * Mirrors: Zhou et al., IJCV 2022, arXiv 2109.01134, the studies of backbones and of prompt ensembles in section 4.4.
 * @returns null for a plan of one backbone.
 */
export function backboneFigure(plan: ReportPlan, summary: readonly SummaryRow[]): TopLevelSpec | null {
  const backbones = backbonesOf(plan);
  if (backbones.length < 2) return null;
  const shots = Math.max(...plan.shots);
  const panels = shownSets(plan).flatMap((set) => {
    const points = backbones.flatMap((backbone): BackbonePoint[] => {
      const { curves, stars } = panelData(plan, summary, set, backbone);
      const shown = [...stars, ...curves.filter((point) => point.shots === shots)];
      return shown.map((point) => ({ ...point, backbone, label: `${backbone}: ${point.label}` }));
    });
    return points.length === 0 ? [] : [{ set, points }];
  });
  if (panels.length === 0) return null;
  const styles = [...methodStyles(plan.methods).values()];
  const colour = colourChannel(styles);
  const x = {
    field: 'accuracy' satisfies keyof BackbonePoint,
    type: 'quantitative' as const,
    scale: { zero: false, nice: true, padding: 8 },
    axis: { title: 'Accuracy (%)', tickCount: 5, labelOverlap: true },
  };
  const yOffset = {
    field: 'method' satisfies keyof BackbonePoint,
    type: 'nominal' as const,
    sort: null,
    scale: { domain: styles.map(({ title }) => title), paddingOuter: AROUND / 2 / ROW },
  };
  const width = panels.length === 1 ? 520 : 200;
  return {
    $schema: VEGA_LITE_SCHEMA,
    description: `${plan.title}: accuracy by backbone and method, one panel a test set.`,
    config: { ...CHART_CONFIG, legend: { ...CHART_CONFIG.legend, columns: 3 } },
    columns: Math.min(COLUMNS, panels.length),
    spacing: { row: 26, column: 24 },
    align: 'each',
    concat: panels.map(({ set, points }, index) => {
      const y = {
        field: 'backbone' satisfies keyof BackbonePoint,
        type: 'nominal' as const,
        sort: null,
        scale: { domain: [...backbones], paddingInner: 0, paddingOuter: 0 },
        axis: {
          title: null,
          grid: true,
          tickBand: 'extent' as const,
          labels: index % COLUMNS === 0,
          labelColor: NEUTRALS.ink,
          labelLimit: ROW_LABEL_LIMIT,
        },
      };
      return {
        width,
        height: backbones.length * (styles.length * ROW + AROUND),
        data: { values: points },
        layer: [
          panelTitle(set.title, 13, width),
          {
            mark: { type: 'rule' as const, strokeWidth: 2, aria: false },
            encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, yOffset, color: colour },
          },
          {
            mark: { type: 'point' as const, filled: true, size: 46, opacity: 1 },
            encoding: {
              x,
              y,
              yOffset,
              color: colour,
              shape: shapeChannel(styles),
              description: { field: 'label', type: 'nominal' as const },
            },
          },
        ],
      };
    }),
  };
}
