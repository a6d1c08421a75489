import { mean, pairedInterval, twoSampleInterval } from '../statistics.ts';
import { type ContrastUnit, contrast, type Term, type UnitValue } from './contrast.ts';
import type { Evidence, Verdict } from './finding.ts';
import type { Results } from './results.ts';

/** Fewer units than this decide nothing: their interval is all spread. */
const FEWEST_UNITS = 3;

/** Two methods are taken for equal where their difference is surely less than this (fraction): one point. */
export const EQUAL_WITHIN = 0.01;

/** A test over sets or targets. */
export interface Question {
  readonly question: string;
  /** The sum that is claimed to be above zero, or about zero. */
  readonly terms: readonly Term[];
  /** `equal`: within a point of zero. Default `above`. */
  readonly claim?: 'above' | 'equal';
  /** `targets`: what is scored besides the set learned on. Default: the sets' own test pictures. */
  readonly on?: 'targets';
  /** These sets only. */
  readonly among?: readonly string[];
  /** The paper claims it of one set: where there is one, its test pictures decide. Default: sets decide. */
  readonly ofOneSet?: boolean;
}

/**
 * The paired test of a question: the unit is the set (or target), seeds averaged, two-sided 95 %. Of one alone the
 * interval is over its test pictures (bootstrap), which decides only what is claimed of one set.
 *
 * @returns null where no set has the records.
 */
export function ask(results: Results, asking: Question): Evidence | null {
  const { question, terms, claim, on, among } = asking;
  const units: readonly ContrastUnit[] =
    on === 'targets' ? results.shifts : results.sets.map((dataset) => ({ dataset, target: dataset }));
  const asked = units.filter(({ dataset }) => among === undefined || among.includes(dataset));
  const values = contrast(results, terms, asked);
  const [only] = values;
  if (only === undefined) return null;
  const difference = mean(values.map(({ value }) => value));
  const unit = on ?? 'datasets';
  if (values.length === 1) return { question, difference, ...ofOne(results, only, asking) };
  const interval = pairedInterval(values.map(({ value }) => value));
  const few = values.length < FEWEST_UNITS;
  return {
    question,
    verdict: few ? 'undecided' : verdictOf(interval, claim),
    difference,
    interval,
    n: values.length,
    unit,
    ...(few ? { remark: `${values.length} ${unit} are too few to decide` } : {}),
  };
}

/** What one set or target says by its test pictures. */
function ofOne(
  { titleOf }: Results,
  { target, pictures, within }: UnitValue,
  { claim, on, ofOneSet = false }: Question,
): Omit<Evidence, 'question' | 'difference'> {
  const unit = on ?? 'datasets';
  const [title, interval] = [titleOf(target), within()];
  const nothing = `one ${unit.slice(0, -1)} decides nothing`;
  if (interval === null) {
    return { verdict: 'undecided', interval, n: 1, unit, remark: `${title} alone: ${nothing}` };
  }
  const speaks = ofOneSet ? `so it speaks of ${title} only` : nothing;
  return {
    verdict: ofOneSet ? verdictOf(interval, claim) : 'undecided',
    interval,
    n: pictures,
    unit: 'pictures',
    remark: `${title} alone: over its test pictures, ${speaks}`,
  };
}

/**
 * Whether a sum is larger on some sets than on others: mean over these minus mean over those, with an interval for
 * two independent groups of sets (Student's t, one variance).
 *
 * @returns null where either group has no records.
 */
export function askBetween(
  results: Results,
  { question, terms }: Question,
  more: readonly string[],
  less: readonly string[],
): Evidence | null {
  const valuesOf = (keys: readonly string[]) => {
    const units = results.sets.filter((key) => keys.includes(key));
    const values = contrast(
      results,
      terms,
      units.map((dataset) => ({ dataset, target: dataset })),
    );
    return values.map(({ value }) => value);
  };
  const [a, b] = [valuesOf(more), valuesOf(less)];
  if (a.length === 0 || b.length === 0) return null;
  const interval = twoSampleInterval(a, b);
  const n = a.length + b.length;
  const few = n < FEWEST_UNITS + 1;
  return {
    question,
    verdict: few ? 'undecided' : verdictOf(interval),
    difference: mean(a) - mean(b),
    interval,
    n,
    unit: 'datasets',
    remark: `${a.length} against ${b.length} sets${few ? ': too few to decide' : ''}`,
  };
}

/** An interval wholly on the claimed side holds, wholly on the other does not; else nothing is decided. */
export function verdictOf(
  interval: { readonly low: number; readonly high: number } | null,
  claim: 'above' | 'equal' = 'above',
): Verdict {
  if (interval === null) return 'undecided';
  const { low, high } = interval;
  if (claim === 'above') return low > 0 ? 'holds' : high < 0 ? 'does not hold' : 'undecided';
  if (low > -EQUAL_WITHIN && high < EQUAL_WITHIN) return 'holds';
  return low > EQUAL_WITHIN || high < -EQUAL_WITHIN ? 'does not hold' : 'undecided';
}
