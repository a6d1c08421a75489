import { stringify } from 'csv-stringify/sync';
import type { RankedClass } from '../methods/index.ts';

/** What a classifier says about one picture. */
export interface Prediction {
  readonly path: string;
  /** Most probable first. */
  readonly ranked: readonly RankedClass[];
}

/** How predictions are written. */
export type PredictionFormat = 'csv' | 'json';

/** float32 holds seven digits; more would show only how it rounds. */
const rounded = (probability: number): number => Number(probability.toPrecision(7));

/** The line above the rows, or nothing. `top` classes a picture. */
export function predictionHeader(format: PredictionFormat, top: number): string {
  if (format === 'json') return '';
  const ranks = Array.from({ length: top }, (_, i) => [`class_${i + 1}`, `probability_${i + 1}`]);
  return stringify([['path', ...ranks.flat()]]);
}

/** One line a picture. */
export function predictionLines(
  format: PredictionFormat,
  predictions: readonly Prediction[],
  classNames: readonly string[],
): string {
  if (format === 'csv') {
    return stringify(
      predictions.map(({ path, ranked }) => [
        path,
        ...ranked.flatMap(({ label, probability }) => [classNames[label]!, String(rounded(probability))]),
      ]),
    );
  }
  const lines = predictions.map(({ path, ranked }) => {
    const classes = ranked.map(({ label, probability }) => ({
      class: classNames[label]!,
      label,
      probability: rounded(probability),
    }));
    return `${JSON.stringify({ path, classes })}\n`;
  });
  return lines.join('');
}
