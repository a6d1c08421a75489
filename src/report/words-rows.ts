import type { PlannedResult } from './join.ts';

/** Column order of `words.csv`: a row a learned context vector and word near to it. */
export const WORD_COLUMNS = [
  'dataset',
  'backbone',
  'method',
  'shots',
  'seed',
  'position',
  'rank',
  'word',
  'distance',
] as const satisfies readonly (keyof WordRow)[];

/** One row of `words.csv`. */
interface WordRow {
  readonly dataset: string;
  readonly backbone: string;
  readonly method: string;
  readonly shots: number;
  readonly seed: number | null;
  /** From 1. */
  readonly position: number;
  /** 1 is the nearest. */
  readonly rank: number;
  /** As the vocabulary writes it. */
  readonly word: string;
  /** Euclidean, to the word's embedding. */
  readonly distance: number;
}

/** The words nearest to the contexts of some runs. */
export function wordRows(results: readonly PlannedResult[]): readonly WordRow[] {
  return results.flatMap(({ cell, record }) => {
    const contexts = record?.status === 'ok' ? (record.result.details.nearestWords ?? []) : [];
    return contexts.flatMap(({ position, words }) =>
      words.map(({ word, distance }, i): WordRow => {
        const { dataset, backbone, method, shots, seed } = cell;
        const of = { dataset: dataset.key, backbone: backbone.name, method: method.key, shots, seed };
        return { ...of, position: position + 1, rank: i + 1, word, distance };
      }),
    );
  });
}
