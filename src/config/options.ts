import { UserError } from './errors.ts';

/** Epochs of a fit: the suite's or the paper's schedule by shots, or a number for all. */
export type EpochPolicy = 'suite' | 'paper' | number;

/** What a grid was asked for, parsed; undefined where the benchmark's own value holds. */
export interface GridOptions {
  readonly data?: string;
  readonly subsample?: 'all' | 'base' | 'new';
  readonly prompt?: string;
  readonly classNames?: string;
  readonly backbones?: readonly string[];
  readonly datasets?: readonly string[];
  readonly methods?: readonly string[];
  readonly studies?: readonly string[];
  readonly shots?: readonly number[];
  readonly seeds?: readonly number[];
  readonly out?: string;
  readonly cache?: string;
  readonly workers?: number;
  readonly threads?: number;
  readonly device?: string;
  readonly engine?: string;
  readonly activation?: 'quickgelu' | 'gelu';
  readonly views?: number | 'fresh';
  readonly epochs?: EpochPolicy;
  readonly limit?: number;
  readonly shard?: { readonly index: number; readonly count: number };
}

function refuse(flag: string, expected: string, found: string): never {
  throw new UserError('BAD_OPTION', { where: `--${flag}`, expected, found: JSON.stringify(found) });
}

/** A comma-separated list without empty or repeated entries. */
export function parseList(flag: string, text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === '')) refuse(flag, 'names separated by commas', text);
  if (new Set(items).size !== items.length) refuse(flag, 'every name once', text);
  return items;
}

/** A whole number of at least `minimum`. */
export function parseInteger(flag: string, text: string, minimum: number): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text.trim()) || !Number.isSafeInteger(value) || value < minimum) {
    refuse(flag, `a whole number, at least ${minimum}`, text);
  }
  return value;
}

export const parseIntegers = (flag: string, text: string, minimum: number): number[] => {
  const values = parseList(flag, text).map((item) => parseInteger(flag, item, minimum));
  if (new Set(values).size !== values.length) refuse(flag, 'every number once', text);
  return values;
};

/** Each view of each training picture is encoded once: more than this is a slip, or wants `fresh`. */
const MOST_VIEWS = 1000;

/** `fresh`, or a number of fixed crops. */
export function parseViews(text: string): number | 'fresh' {
  if (text === 'fresh') return 'fresh';
  const views = parseInteger('views', text, 1);
  return views <= MOST_VIEWS ? views : refuse('views', `fresh, or at most ${MOST_VIEWS}`, text);
}

/** `paper`, `suite`, or a number for every shot count. */
export function parseEpochs(text: string): EpochPolicy {
  return text === 'paper' || text === 'suite' ? text : parseInteger('epochs', text, 1);
}

/** `I/N`: part I, from 1, of N. */
export function parseShard(text: string): { index: number; count: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || index < 1 || count < 1 || index > count) refuse('shard', 'I/N with 1 ≤ I ≤ N', text);
  return { index, count };
}
