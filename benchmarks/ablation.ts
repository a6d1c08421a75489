import { ICON_SUITE, PAPER_SETS } from '../datasets/index.ts';
import type { Benchmark } from '../src/config/index.ts';

const METHODS = [
  'coop_m4_end',
  'coop_m4_end_init',
  'coop_m8_end',
  'coop_m16_end',
  'coop_m16_mid',
  'coop_m16_front',
  'coop_m16_end_csc',
  'coop_m16_mid_csc',
];

/** Context length, class-token position, class-specific context, initialisation. */
export const ablation: Benchmark = {
  key: 'ablation',
  title: 'Ablations',
  introduction:
    'Variants of CoOp on the same draws: context length M, place of the class name, one context for all classes or one each, a random start or given words. Each is held against M = 16 with the class name at the end.',
  studies: [
    {
      key: 'variants',
      title: 'Variants of the context',
      introduction: '',
      datasets: ICON_SUITE,
      targets: [],
      methods: METHODS,
      photographs: { datasets: PAPER_SETS, targets: [], methods: METHODS },
      shots: [16],
      seeds: [1, 2, 3],
    },
  ],
};
