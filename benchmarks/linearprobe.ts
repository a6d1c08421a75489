import { ICON_SUITE, PAPER_SETS } from '../datasets/index.ts';
import { oneStudy } from './one-study.ts';

/** The linear probe alone, beside zero-shot: the baselines of Figure 3. */
export const linearprobe = oneStudy({
  key: 'linearprobe',
  title: 'Linear probe',
  introduction:
    'Logistic regression on frozen image features, its strength chosen on validation pictures, beside zero-shot CLIP: the baselines that CoOp is measured by.',
  datasets: ICON_SUITE,
  targets: [],
  methods: ['zeroshot', 'linear_probe'],
  photographs: {
    datasets: PAPER_SETS,
    targets: [],
    methods: ['zeroshot', 'linear_probe'],
  },
  shots: [1, 2, 4, 8, 16],
  seeds: [1, 2, 3],
});
