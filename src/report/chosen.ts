import type { ValidationPoint } from '../config/index.ts';
import type { PlannedResult } from './join.ts';

/** One run of a method that chose a setting on validation pictures. */
export interface Choice {
  readonly dataset: string;
  readonly shots: number;
  readonly seed: number | null;
  /** What was chosen, e.g. `c`, `learning rate`. */
  readonly setting: string;
  readonly value: number;
  /** Of validation pictures, with what was chosen; null where the record does not say. */
  readonly accuracy: number | null;
  /** All that was looked at. */
  readonly tried: readonly ValidationPoint[];
}

/** The choices of one setting by one method on one backbone, in the plan's order. */
export interface MethodChoices {
  readonly method: string;
  /** What was chosen, as in `Choice`. */
  readonly setting: string;
  readonly backbone: string;
  readonly choices: readonly Choice[];
}

/** Every setting that a method chose, by backbone. */
export function choicesOf(results: readonly PlannedResult[]): readonly MethodChoices[] {
  const groups = new Map<string, MethodChoices & { choices: Choice[] }>();
  for (const result of results) {
    const { method, backbone } = { method: result.cell.method.key, backbone: result.cell.backbone.name };
    for (const choice of choicesIn(result)) {
      const id = JSON.stringify([backbone, method, choice.setting]);
      const group = groups.get(id) ?? { method, backbone, setting: choice.setting, choices: [] };
      group.choices.push(choice);
      groups.set(id, group);
    }
  }
  return [...groups.values()];
}

function choicesIn({ cell, record }: PlannedResult): readonly Choice[] {
  if (record?.status !== 'ok') return [];
  const { c, learningRate, chosen = {}, validation = [], validationAccuracy } = record.result.details;
  const values = { c, 'learning rate': learningRate, ...chosen };
  return Object.entries(values).flatMap(([setting, value]) => {
    if (value === undefined) return [];
    const tried = validation.filter((point) => point.setting === setting);
    const { shots, seed } = cell;
    const accuracy = validationAccuracy ?? null;
    return [{ dataset: cell.dataset.key, shots, seed, setting, value, accuracy, tried }];
  });
}

/** A setting's name for a person: `c` is written as the paper does. */
export function settingTitle(setting: string): string {
  return setting === 'c' ? 'C' : setting;
}

/** Three digits, powers of ten where they are shorter: 0.01, 31.6, 1e6, 3.16e-5. */
export function shortNumber(value: number): string {
  const digits = Number(value.toPrecision(3));
  if (digits !== 0 && (Math.abs(digits) >= 1e5 || Math.abs(digits) < 1e-3)) {
    return digits.toExponential().replace('e+', 'e');
  }
  return String(digits);
}
