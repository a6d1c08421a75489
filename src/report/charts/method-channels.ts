import type { CurvePoint } from './few-shot-data.ts';
import type { MethodStyle } from './method-styles.ts';

/** Encodes the method as its colour. @param legend False where every row says its method. */
export function colourChannel(styles: readonly MethodStyle[], legend = true) {
  return methodChannel(styles, ({ colour }) => colour, legend);
}

/** Encodes the method as its shape; with the colour's channel one legend shows both. */
export function shapeChannel(styles: readonly MethodStyle[], legend = true) {
  return methodChannel(styles, ({ shape }) => shape, legend);
}

function methodChannel(
  styles: readonly MethodStyle[],
  read: (style: MethodStyle) => string,
  legend: boolean,
) {
  return {
    field: 'method' satisfies keyof CurvePoint,
    type: 'nominal' as const,
    scale: { domain: styles.map(({ title }) => title), range: styles.map(read) },
    ...(legend ? {} : { legend: null }),
  };
}
