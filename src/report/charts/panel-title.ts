import { NEUTRALS } from './theme.ts';

/**
 * A panel's title as a layer of its own, at a fixed height over the left edge of the plot. Vega places its
 * own titles around the axis labels, so that the titles of one row would stand at different heights.
 */
export function panelTitle(title: string, fontSize: number) {
  return {
    data: { values: [{}] },
    mark: {
      type: 'text' as const,
      align: 'left' as const,
      baseline: 'bottom' as const,
      fontWeight: 'bold' as const,
      fontSize,
      color: NEUTRALS.ink,
      aria: false,
    },
    encoding: {
      x: { value: 0 },
      y: { value: -fontSize },
      text: { value: title },
    },
  };
}
