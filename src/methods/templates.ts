// Prompt templates that ensembles are made of; `{}` stands for the class name.
// Source: the notebook and data of openai/CLIP, in the selection of CoOp's trainers/imagenet_templates.py [ff61507].

/** The seven that do best on ImageNet. */
export const SEVEN_TEMPLATES: readonly string[] = [
  'itap of a {}.',
  'a bad photo of the {}.',
  'a origami {}.',
  'a photo of the large {}.',
  'a {} in a video game.',
  'art of the {}.',
  'a photo of the small {}.',
];

/** Templates of one form: `<a>` over the articles, `<x>` over the words. */
interface Pattern {
  readonly form: string;
  readonly articles: readonly string[];
  readonly words?: readonly string[];
}

const BOTH = ['a', 'the'];

const PATTERNS: readonly Pattern[] = [
  {
    form: 'a <x> photo of <a> {}.',
    articles: BOTH,
    words: [
      'bad',
      'low resolution',
      'cropped',
      'bright',
      'dark',
      'close-up',
      'black and white',
      'pixelated',
      'jpeg corrupted',
      'blurry',
      'good',
    ],
  },
  {
    form: 'a photo of <a> <x> {}.',
    articles: BOTH,
    words: ['hard to see', 'clean', 'dirty', 'cool', 'large', 'nice', 'weird', 'small'],
  },
  {
    form: 'a <x> of <a> {}.',
    articles: BOTH,
    words: ['sculpture', 'rendering', 'tattoo', 'drawing', 'painting', 'doodle', 'sketch', 'rendition'],
  },
  { form: '<x> of <a> {}.', articles: BOTH, words: ['graffiti', 'art'] },
  {
    form: '<a> <x> {}.',
    articles: BOTH,
    words: ['embroidered', 'plastic', 'origami', 'toy', 'cartoon', 'plushie'],
  },
  { form: '<a> {} in a video game.', articles: BOTH },
  { form: 'itap of <a> {}.', articles: [...BOTH, 'my'] },
  { form: 'a photo of <a> {}.', articles: ['many', 'my', 'the', 'one', 'a'] },
];

/** CLIP's eighty templates for ImageNet. */
export const EIGHTY_TEMPLATES: readonly string[] = PATTERNS.flatMap(({ form, articles, words = [''] }) =>
  words.flatMap((word) => articles.map((article) => form.replaceAll('<x>', word).replaceAll('<a>', article))),
);
