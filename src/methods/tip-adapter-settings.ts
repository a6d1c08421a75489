import { parseViews } from '../config/index.ts';
import type { MethodContext, WordsOf } from './method.ts';
import { parseAbove, viewsWords } from './sgd-settings.ts';
import { PROMPTS_WORDS } from './zero-shot.ts';

/** What both forms of Tip-Adapter are told. */
export interface CacheSettings {
  /** Prompt templates of the zero-shot classifier; `{}` stands for the class name. */
  readonly prompts: readonly string[];
  /** `fresh`: a new random crop every time; N: N fixed crops of each picture, drawn from. */
  readonly views: number | 'fresh';
  /** Crops of each picture that its key is the mean of. */
  readonly passes: number;
  /** α: how much the keys count, before the search. */
  readonly alpha: number;
  /** β: how quickly a key's weight falls with distance, before the search. */
  readonly beta: number;
  /** α is searched from 0.1 up to this. */
  readonly alphaMax: number;
  /** β is searched from 0.1 up to this. */
  readonly betaMax: number;
}

/** Where the search for α and β begins. */
export const SEARCH_FROM = 0.1;

/**
 * Source: configs/imagenet.yaml of the official code (gaopengcuhk/Tip-Adapter [4e29134]). Its files for other sets
 * have values of their own (α from 1.17 to 5, search up to 3 to 30): here all sets have ImageNet's.
 */
export function cacheSettings({ prompts, views }: MethodContext): CacheSettings {
  return { prompts, views, passes: 10, alpha: 1.17, beta: 1, alphaMax: 3, betaMax: 7 };
}

export const CACHE_WORDS: WordsOf<CacheSettings> = {
  prompts: PROMPTS_WORDS,
  views: { name: 'views of a picture', value: viewsWords },
  passes: { name: 'crops a key is the mean of', value: String },
  alpha: { name: 'α before the search', value: String },
  beta: { name: 'β before the search', value: String },
  alphaMax: { name: 'α searched up to', value: String },
  betaMax: { name: 'β searched up to', value: String },
};

/** The settings that may be changed behind a method's key. */
export const CACHE_TUNABLE = {
  views: (text: string) => ({ views: parseViews(text) }),
  alpha: (text: string) => ({ alpha: parseAbove(0, 'alpha', text) }),
  beta: (text: string) => ({ beta: parseAbove(0, 'beta', text) }),
  alpha_max: (text: string) => ({ alphaMax: parseAbove(SEARCH_FROM, 'alpha_max', text) }),
  beta_max: (text: string) => ({ betaMax: parseAbove(SEARCH_FROM, 'beta_max', text) }),
} satisfies Readonly<Record<string, (text: string) => Partial<CacheSettings>>>;
