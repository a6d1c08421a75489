import { textWidth } from './text-width.ts';
import { NEUTRALS } from './theme.ts';

const LINE_HEIGHT = 1.25;

/** Pixels beyond the plot that a title may take: less than lies between two panels. */
const BEYOND = 16;

/**
 * A panel's title as a layer of its own, at a fixed height over the left edge of the plot. Vega places its
 * own titles around the axis labels, so that the titles of one row would stand at different heights.
 *
 * @param width Pixels of the plot: a longer title is broken in two lines, and what is still too long ends in dots.
 */
export function panelTitle(title: string, fontSize: number, width: number) {
  const lines = twoLines(title, (text) => textWidth(text, fontSize, true) <= width + BEYOND);
  const lineHeight = Math.round(LINE_HEIGHT * fontSize);
  return {
    data: { values: [{}] },
    mark: {
      type: 'text' as const,
      align: 'left' as const,
      baseline: 'bottom' as const,
      fontWeight: 'bold' as const,
      fontSize,
      lineHeight,
      color: NEUTRALS.ink,
      aria: false,
    },
    encoding: {
      x: { value: 0 },
      y: { value: -fontSize - (lines.length - 1) * lineHeight },
      text: { value: lines.length === 1 ? lines[0]! : lines },
    },
  };
}

/** As many words on the first line as fit, the rest on the second; lines are cut where they don't fit. */
function twoLines(text: string, fits: (line: string) => boolean): string[] {
  if (fits(text)) return [text];
  const words = text.split(' ');
  let count = 1;
  while (count < words.length && fits(words.slice(0, count + 1).join(' '))) count += 1;
  const lines = [words.slice(0, count), words.slice(count)].filter((part) => part.length > 0);
  return lines.map((part) => cut(part.join(' '), fits));
}

/** A text that fits, or the longest start of it that does with dots. */
function cut(text: string, fits: (line: string) => boolean): string {
  if (fits(text)) return text;
  const letters = [...text];
  while (letters.length > 1 && !fits(`${letters.join('')}…`)) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}
