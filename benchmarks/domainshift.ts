import { ICON_SHIFTS, IMAGENET_SHIFTS } from '../datasets/index.ts';
import { oneStudy } from './one-study.ts';

/** Domain generalisation: Table 1 of the paper. */
export const domainshift = oneStudy({
  key: 'domainshift',
  title: 'Domain shift',
  introduction:
    'Learned on pictures of one style, scored on other styles of the same classes, as in Table 1 of the CoOp paper. What counts is the mean over the targets, beside zero-shot CLIP, which learned nothing from the source.',
  datasets: ['icons'],
  targets: ICON_SHIFTS,
  methods: ['zeroshot', 'linear_probe', 'coop_m16_end', 'coop_m4_end'],
  photographs: {
    datasets: ['imagenet'],
    targets: IMAGENET_SHIFTS,
    methods: ['zeroshot', 'linear_probe', 'coop_m16_end', 'coop_m4_end'],
  },
  shots: [16],
  seeds: [1, 2, 3],
});
