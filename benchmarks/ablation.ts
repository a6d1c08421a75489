import { ICON_SUITE, PAPER_SETS } from '../datasets/index.ts';
import type { Benchmark, Study } from '../src/config/index.ts';

const [SEEDS, SHOTS] = [[1, 2, 3], [16]];

/** Themes that a laptop goes through in minutes, of different difficulty. */
const SOME_SETS = ['icons_media', 'icons_files', 'icons_places', 'icons_nature', 'icons_people'];

/** Of these, those with the least work, for questions that take many runs. */
const FEW_SETS = ['icons_places', 'icons_nature', 'icons_people'];

/** A question about the average over the sets: on the suite some of them by default. */
function overSets(study: Pick<Study, 'key' | 'title' | 'introduction' | 'methods'>): Study {
  return {
    ...study,
    datasets: SOME_SETS,
    whole: { datasets: ICON_SUITE, seeds: SEEDS },
    targets: [],
    shots: SHOTS,
    seeds: SEEDS,
    photographs: { datasets: PAPER_SETS, targets: [], methods: study.methods },
  };
}

/** A question that the paper asks on ImageNet; its place in the suite is `icons`. */
function onImagenet(
  study: Pick<Study, 'key' | 'title' | 'introduction' | 'methods'> & Partial<Study>,
): Study {
  return {
    datasets: ['icons'],
    whole: { datasets: ICON_SUITE, seeds: SEEDS },
    targets: [],
    shots: SHOTS,
    seeds: SEEDS,
    photographs: { datasets: ['imagenet'], targets: [], methods: study.methods },
    ...study,
  };
}

const FINE_TUNING = ['zeroshot', 'linear_probe', 'finetune_image', 'text_layer', 'text_bias', 'coop_m16_end'];

/** Section 4.4 of the paper, and what its readers ask besides. */
export const ablation: Benchmark = {
  key: 'ablation',
  title: 'Ablations',
  introduction: 'What of CoOp matters: one question a study, all methods of a study on the same draws.',
  studies: [
    overSets({
      key: 'context-length',
      title: 'Context length',
      introduction: 'How many context vectors M are worth learning: 4, 8 or 16.',
      methods: ['coop_m16_end', 'coop_m8_end', 'coop_m4_end'],
    }),
    overSets({
      key: 'position-csc',
      title: 'Position and class-specific context',
      introduction:
        'The class name at the end, in the middle of the context, or before it; one context for all classes, or one for each.',
      methods: ['coop_m16_end', 'coop_m16_mid', 'coop_m16_front', 'coop_m16_end_csc', 'coop_m16_mid_csc'],
    }),
    overSets({
      key: 'initialisation',
      title: 'Initialisation',
      introduction: 'Four context vectors that start at random, or from the words “a photo of a”.',
      methods: ['coop_m4_end', 'coop_m4_end_init'],
    }),
    onImagenet({
      key: 'ensembles',
      title: 'Prompt engineering and ensembles',
      introduction:
        'One hand-made prompt, ensembles of seven and of eighty, and a learned prompt, on each backbone.',
      methods: ['zeroshot', 'zeroshot_ensemble7', 'zeroshot_ensemble80', 'coop_m16_end'],
    }),
    onImagenet({
      key: 'backbones',
      title: 'Backbones',
      introduction: 'What better image towers give: name several with --backbone.',
      methods: ['zeroshot', 'linear_probe', 'coop_m16_end'],
    }),
    onImagenet({
      key: 'finetuning',
      title: 'Fine-tuning methods',
      introduction:
        'Learning the prompt against learning other parts: the image encoder, a layer on the text features, a bias on them, a linear classifier.',
      datasets: ['icons_nature'],
      seeds: [1],
      methods: FINE_TUNING,
    }),
    overSets({
      key: 'learning-rate',
      title: 'Learning rate',
      introduction: 'CoOp’s 0.002 against a tenth, ten and a hundred times as much.',
      methods: ['coop_m16_end', 'coop_m16_end:lr=0.0002', 'coop_m16_end:lr=0.02', 'coop_m16_end:lr=0.2'],
    }),
    {
      ...overSets({
        key: 'views',
        title: 'Fixed views or fresh crops',
        introduction:
          'The paper crops every picture anew each time it is seen. A number of fixed crops is cheaper: how many are enough?',
        methods: ['fresh', 1, 4, 8, 16].map((views) => `coop_m16_end:views=${views}`),
      }),
      datasets: FEW_SETS,
    },
    {
      ...overSets({
        key: 'seeds',
        title: 'Ten seeds',
        introduction: 'What three seeds hide: the spread over ten draws.',
        methods: ['zeroshot', 'linear_probe', 'coop_m16_end'],
      }),
      datasets: FEW_SETS,
      seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      whole: { datasets: ICON_SUITE, seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
    },
  ],
};
