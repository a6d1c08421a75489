import { AVERAGE } from '../rows.ts';
import type { RunContrast, RunPair } from './pair-runs.ts';

/** Column order of `comparison.csv`: for each method and shot count a row a test set, then one over all of them. */
export const RUN_PAIR_COLUMNS = [
  'dataset',
  'target',
  'shots',
  'method_a',
  'method_b',
  'backbone_a',
  'backbone_b',
  'accuracy_a',
  'std_a',
  'seeds_a',
  'accuracy_b',
  'std_b',
  'seeds_b',
  'same_seeds',
  'difference',
  'low',
  'high',
  'interval',
  'pictures',
  'sets',
] as const;

type RunPairRow = Readonly<Record<(typeof RUN_PAIR_COLUMNS)[number], string | number | null>>;

/** B minus A as fractions, with a two-sided 95 % interval over pictures of a set, or over sets. */
export function runPairRows(contrasts: readonly RunContrast[]): readonly RunPairRow[] {
  return contrasts.flatMap((contrast) => {
    const rows = contrast.pairs.map(pairRow);
    return contrast.pairs.length < 2 ? rows : [...rows, overSets(contrast)];
  });
}

function pairRow(pair: RunPair): RunPairRow {
  const { dataset, target, shots, a, b, sameSeeds, difference, interval, pictures } = pair;
  return {
    dataset,
    target,
    shots,
    method_a: a.method,
    method_b: b.method,
    backbone_a: a.backbone,
    backbone_b: b.backbone,
    accuracy_a: a.accuracy,
    std_a: a.std,
    seeds_a: a.seeds.length,
    accuracy_b: b.accuracy,
    std_b: b.std,
    seeds_b: b.seeds.length,
    same_seeds: sameSeeds ? 'yes' : 'no',
    difference,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    interval: 'pictures',
    pictures,
    sets: 1,
  };
}

function overSets({ shots, methods, backbones, pairs, difference, interval }: RunContrast): RunPairRow {
  const average = (read: (pair: RunPair) => number) =>
    pairs.reduce((sum, pair) => sum + read(pair), 0) / pairs.length;
  return {
    dataset: AVERAGE,
    target: AVERAGE,
    shots,
    method_a: methods[0],
    method_b: methods[1],
    backbone_a: backbones[0],
    backbone_b: backbones[1],
    accuracy_a: average(({ a }) => a.accuracy),
    std_a: null,
    seeds_a: null,
    accuracy_b: average(({ b }) => b.accuracy),
    std_b: null,
    seeds_b: null,
    same_seeds: pairs.every(({ sameSeeds }) => sameSeeds) ? 'yes' : 'no',
    difference,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    interval: 'sets',
    pictures: null,
    sets: pairs.length,
  };
}
