import { UserError } from '../config/index.ts';
import { type LbfgsReason, lbfgsWorkspace, minimizeLbfgs, type Objective } from '../train/index.ts';

/** n labelled feature vectors of E numbers. */
export interface LabelledFeatures {
  /** [n, E], row by row. */
  readonly features: Float32Array;
  /** n labels, 0 ≤ label < K. */
  readonly labels: ArrayLike<number>;
}

/** What an objective is made for: the classes that occur, numbered without gaps. */
export interface LogisticProblem {
  /** [n, dim]. */
  readonly features: Float32Array;
  /** n labels, 0 ≤ label < classes; each occurs. */
  readonly labels: Int32Array;
  readonly n: number;
  readonly dim: number;
  /** At least 2. */
  readonly classes: number;
}

/**
 * Regularised loss of a linear classifier: mean over the n examples of the softmax cross-entropy, plus
 * ‖W‖² / (2·C·n); the bias is free. With K classes and E features:
 *
 * @param weightsAndBias [K·E + K]: W [K, E] row by row, then the K biases. Not to be kept or changed.
 * @param c C, the inverse strength of regularisation.
 * @param gradientOut Same layout; receives the gradient.
 * @returns The loss.
 */
export type LogisticObjective = (
  weightsAndBias: Float64Array,
  c: number,
  gradientOut: Float64Array,
) => number | Promise<number>;

/** Makes the objective of a problem; called once a problem, whatever the number of fits. */
export type LogisticObjectiveFactory = (
  problem: LogisticProblem,
) => LogisticObjective | Promise<LogisticObjective>;

/** Scores are features · weightsᵀ + bias. */
export interface LinearClassifier {
  /** [K, E]; zero for a class without training examples. */
  readonly weights: Float32Array;
  /** [K]; −Infinity for a class without training examples, so that it is never predicted. */
  readonly bias: Float32Array;
}

export interface LogisticFit extends LinearClassifier {
  readonly c: number;
  readonly iterations: number;
  /** "gradient" or "reduction" where L-BFGS converged. */
  readonly reason: LbfgsReason;
  /** The regularised loss that was reached. */
  readonly loss: number;
}

/** Tells a long computation to end; an AbortSignal is one. Read between iterations. */
export interface CancelSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}

/** Iterations of one fit; lpclip's setting. */
const MAX_ITERATIONS = 1000;

/**
 * Prepares logistic regression on one training set, as scikit-learn's
 * `LogisticRegression(solver="lbfgs", max_iter=1000, C=c)` does it: from zero, by L-BFGS.
 *
 * K classes, n examples, E features. As there, only the classes that occur in the labels are fitted. With two
 * of them scikit-learn fits one weight vector by the binomial loss; that is the softmax loss with the first
 * class held at zero, and so it is done here: the first class has zero weights and bias.
 *
 * @returns A function that fits for one C. A fit that does not converge is returned as it stands.
 * @throws {UserError} PROBE_DATA: no examples, shapes that do not agree, a label out of range, a feature that
 * is not finite, fewer than two classes.
 *
 * Differs: coefficients are in [K, E] with K the classes asked for, not only those that occur.
 */
export async function prepareLogisticRegression(request: {
  readonly train: LabelledFeatures;
  /** K. */
  readonly classCount: number;
  readonly objectiveFactory: LogisticObjectiveFactory;
  /** A cancelled fit throws the signal's reason. */
  readonly signal?: CancelSignal | undefined;
}): Promise<(c: number) => Promise<LogisticFit>> {
  const { train, classCount, objectiveFactory, signal } = request;
  const dim = checkLabelledFeatures(train, classCount, 'training');
  const present = [...new Set(Array.from(train.labels))].sort((a, b) => a - b);
  if (present.length < 2) {
    throw new UserError('PROBE_DATA', {
      where: 'linear probe: training labels',
      expected: 'at least two classes',
      found: `only class ${present[0]}`,
      hint: 'a dataset with more classes, or another method',
    });
  }
  const rank = new Map(present.map((label, index) => [label, index]));
  const classes = present.length;
  const objective = await objectiveFactory({
    features: train.features,
    labels: Int32Array.from(train.labels, (label) => rank.get(label) as number),
    n: train.labels.length,
    dim,
    classes,
  });
  const { objectiveOf, size, expand } =
    classes === 2 ? binomial(objective, dim) : multinomial(objective, classes, dim);
  const [start, workspace] = [new Float64Array(size), lbfgsWorkspace(size)];

  return async (c) => {
    const found = await minimizeLbfgs(objectiveOf(c), start, {
      maxIterations: MAX_ITERATIONS,
      workspace,
      shouldStop: () => signal?.aborted ?? false,
    });
    signal?.throwIfAborted();
    const fitted = expand(found.x);
    const weights = new Float32Array(classCount * dim);
    const bias = new Float32Array(classCount).fill(Number.NEGATIVE_INFINITY);
    present.forEach((label, k) => {
      weights.set(fitted.subarray(k * dim, (k + 1) * dim), label * dim);
      bias[label] = fitted[classes * dim + k];
    });
    return { weights, bias, c, iterations: found.iterations, reason: found.reason, loss: found.value };
  };
}

interface Parametrisation {
  /** Of C. */
  readonly objectiveOf: (c: number) => Objective;
  /** Variables of the search. */
  readonly size: number;
  /** From variables to [K·E + K]. */
  readonly expand: (x: Float64Array) => Float64Array;
}

function multinomial(objective: LogisticObjective, classes: number, dim: number): Parametrisation {
  return {
    objectiveOf: (c) => (x, gradientOut) => objective(x, c, gradientOut),
    size: classes * (dim + 1),
    expand: (x) => x,
  };
}

/** One weight vector and one bias, for the second of two classes; the first stays at zero. */
function binomial(objective: LogisticObjective, dim: number): Parametrisation {
  const full = new Float64Array(2 * (dim + 1));
  const fullGradient = new Float64Array(2 * (dim + 1));
  const expand = (x: Float64Array): Float64Array => {
    full.set(x.subarray(0, dim), dim);
    full[2 * dim + 1] = x[dim];
    return full;
  };
  return {
    objectiveOf: (c) => async (x, gradientOut) => {
      const value = await objective(expand(x), c, fullGradient);
      gradientOut.set(fullGradient.subarray(dim, 2 * dim));
      gradientOut[dim] = fullGradient[2 * dim + 1];
      return value;
    },
    size: dim + 1,
    expand,
  };
}

/**
 * Refuses examples a probe cannot be fitted or scored on.
 *
 * @param what "training" or "validation", for the message.
 * @returns E.
 * @throws {UserError} PROBE_DATA.
 */
export function checkLabelledFeatures(examples: LabelledFeatures, classCount: number, what: string): number {
  const { features, labels } = examples;
  const refuse = (expected: string, found: string, hint: string): never => {
    throw new UserError('PROBE_DATA', { where: `linear probe: ${what} examples`, expected, found, hint });
  };
  const n = labels.length;
  if (n === 0)
    refuse(
      'at least one example',
      'none',
      'a split with pictures for it; validation pictures, which choose C, may also be training pictures that fewer shots leave over',
    );
  const dim = features.length / n;
  if (!Number.isInteger(dim) || dim === 0) {
    refuse(`features [${n}, E]`, `${features.length} numbers`, 'one feature vector a label');
  }
  for (let i = 0; i < n; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0 || label >= classCount) {
      refuse(`labels from 0 to ${classCount - 1}`, `${label} at ${i}`, 'labels that index the class list');
    }
  }
  const broken = features.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    const place = `row ${Math.floor(broken / dim)}, column ${broken % dim}`;
    refuse('finite features', `${features[broken]} at ${place}`, 'check the checkpoint and the picture');
  }
  return dim;
}
