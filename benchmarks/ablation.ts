import { ICON_SUITE } from '../datasets/index.ts';
import type { Benchmark } from '../src/config/benchmark.ts';

/** Context length, class-token position, class-specific context, initialisation. */
export const ablation: Benchmark = {
  key: 'ablation',
  title: 'Ablations',
  introduction:
    'Variants of CoOp at 16 shots: context length M, place of the class name, one context for all classes or one each, random or given words to start from.',
  datasets: ICON_SUITE,
  targets: [],
  methods: [
    'coop_m4_end',
    'coop_m4_end_init',
    'coop_m8_end',
    'coop_m16_end',
    'coop_m16_mid',
    'coop_m16_front',
    'coop_m16_end_csc',
    'coop_m16_mid_csc',
  ],
  shots: [16],
  seeds: [1, 2, 3],
};
