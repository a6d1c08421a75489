import { ICON_SHIFTS } from '../datasets/index.ts';
import type { Benchmark } from '../src/config/benchmark.ts';

/** Domain generalisation: Table 1 of the paper. */
export const domainshift: Benchmark = {
  key: 'domainshift',
  title: 'Domain shift',
  introduction:
    'Learned on one set, scored on other styles of the same classes, as in Table 1 of the CoOp paper: 16 shots, three seeds.',
  datasets: ['icons'],
  targets: ICON_SHIFTS,
  methods: ['zeroshot', 'linear_probe', 'coop_m16_end', 'coop_m4_end'],
  shots: [16],
  seeds: [1, 2, 3],
};
