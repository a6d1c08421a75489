import { type MethodDetails, UserError, type ValidationPoint } from '../config/index.ts';
import type { Training } from './train-loop.ts';

/** A fit with one learning rate, and how right it is on the validation shots. */
export interface Candidate<T> {
  readonly fitted: T;
  readonly training: Training;
  /** Right answers on the validation shots. */
  readonly correct: number;
}

/** The best of some learning rates, and what a record tells about the choice. */
export interface ChosenRate<T> {
  readonly fitted: T;
  readonly details: MethodDetails;
}

/** The candidate, or how its training diverged. */
async function unlessDiverged<T>(fitting: Promise<Candidate<T>>): Promise<Candidate<T> | UserError> {
  try {
    return await fitting;
  } catch (error) {
    if (error instanceof UserError && error.code === 'TRAINING_DIVERGED') return error;
    throw error;
  }
}

/**
 * Fits with every learning rate and keeps the one with most right answers on the validation shots; of equals, the
 * first. A rate that diverges has none right.
 *
 * @param request.validationCount Pictures that choose.
 * @param request.discard Gives back what a fit that is not kept holds.
 * @throws {UserError} NO_VALIDATION_PICTURES; TRAINING_DIVERGED: with every rate.
 */
export async function chooseRate<T>(request: {
  readonly rates: readonly number[];
  readonly validationCount: number;
  readonly fit: (rate: number, index: number) => Promise<Candidate<T>>;
  readonly discard?: (fitted: T) => Promise<void>;
}): Promise<ChosenRate<T>> {
  const { rates, validationCount, fit, discard } = request;
  if (validationCount === 0) throw noValidation();
  const validation: ValidationPoint[] = [];
  let best: (Candidate<T> & { readonly rate: number }) | null = null;
  let failure: UserError | null = null;
  try {
    for (const [i, rate] of rates.entries()) {
      const candidate = await unlessDiverged(fit(rate, i));
      const correct = candidate instanceof UserError ? 0 : candidate.correct;
      validation.push({ setting: 'learning rate', value: rate, accuracy: correct / validationCount });
      if (candidate instanceof UserError) {
        failure ??= candidate;
        continue;
      }
      const isBetter: boolean = best === null || correct > best.correct;
      const rest: Candidate<T> | null = isBetter ? best : candidate;
      if (isBetter) best = { ...candidate, rate };
      if (rest !== null) await discard?.(rest.fitted);
    }
  } catch (error) {
    if (best !== null) await discard?.(best.fitted);
    throw error;
  }
  if (best === null) throw failure ?? new Error('internal: no learning rate was tried');
  const { fitted, training, correct, rate } = best;
  return {
    fitted,
    details: {
      learningRate: rate,
      validationAccuracy: correct / validationCount,
      validation,
      lossPerEpoch: training.lossPerEpoch,
      accuracyPerEpoch: training.accuracyPerEpoch,
      steps: training.steps,
    },
  };
}

function noValidation(): UserError {
  return new UserError('NO_VALIDATION_PICTURES', {
    where: 'the choice of a learning rate',
    expected: 'at least one validation picture',
    found: 'none',
    hint: 'a split with pictures for it; training pictures that fewer shots leave over serve too',
  });
}

/** How many labels are predicted right. */
export function countCorrect(predicted: Int32Array, labels: Int32Array): number {
  return labels.reduce((sum, label, i) => sum + (predicted[i] === label ? 1 : 0), 0);
}
