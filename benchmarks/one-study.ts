import type { Benchmark, Study } from '../src/config/index.ts';

/** An experiment that asks one question. */
export const oneStudy = (study: Study): Benchmark => ({
  key: study.key,
  title: study.title,
  introduction: study.introduction,
  studies: [study],
});
