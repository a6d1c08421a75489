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

/** The choices of one method on one backbone, in the plan's order. */
export interface MethodChoices {
  readonly method: string;
  readonly backbone: string;
  readonly choices: readonly Choice[];
}

/** Every method that chose something, by backbone. */
export function choicesOf(results: readonly PlannedResult[]): readonly MethodChoices[] {
  const groups = new Map<string, { method: string; backbone: string; choices: Choice[] }>();
  for (const result of results) {
    const choice = choiceOf(result);
    if (choice === null) continue;
    const { method, backbone } = { method: result.cell.method.key, backbone: result.cell.backbone.name };
    const id = JSON.stringify([backbone, method]);
    const group = groups.get(id) ?? { method, backbone, choices: [] };
    group.choices.push(choice);
    groups.set(id, group);
  }
  return [...groups.values()];
}

function choiceOf({ cell, record }: PlannedResult): Choice | null {
  if (record?.status !== 'ok') return null;
  const { c, learningRate, validation = [], validationAccuracy } = record.result.details;
  const value = c ?? learningRate;
  if (value === undefined) return null;
  const setting = validation[0]?.setting ?? (c === undefined ? 'learning rate' : 'c');
  return {
    dataset: cell.dataset.key,
    shots: cell.shots,
    seed: cell.seed,
    setting,
    value,
    accuracy: validationAccuracy ?? null,
    tried: validation,
  };
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
