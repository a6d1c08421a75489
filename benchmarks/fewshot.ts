import { ICON_SUITE, PAPER_SETS } from '../datasets/index.ts';
import { oneStudy } from './one-study.ts';

/** Few-shot classification: Figure 3 of the paper. */
export const fewshot = oneStudy({
  key: 'fewshot',
  title: 'Few-shot classification',
  introduction:
    'Accuracy on test pictures against the number of labelled pictures a class, as in Figure 3 of the CoOp paper.',
  datasets: ICON_SUITE,
  targets: [],
  methods: ['zeroshot', 'linear_probe', 'coop_m16_end'],
  photographs: {
    datasets: PAPER_SETS,
    targets: [],
    methods: [
      'zeroshot',
      'linear_probe',
      'coop_m16_end',
      'coop_m16_mid',
      'coop_m16_end_csc',
      'coop_m16_mid_csc',
    ],
  },
  shots: [1, 2, 4, 8, 16],
  seeds: [1, 2, 3],
});
