import { UserError } from '../config/index.ts';
import { argmaxRows, linearScores } from './linear-classifier.ts';
import {
  type CancelSignal,
  checkLabelledFeatures,
  type LabelledFeatures,
  type LinearClassifier,
  type LogisticFit,
  type LogisticObjectiveFactory,
  prepareLogisticRegression,
} from './logistic-regression.ts';

/** Values of C that are tried first. */
export const C_GRID: readonly number[] = [1e6, 1e4, 1e2, 1, 1e-2, 1e-4, 1e-6];

/** Halvings of the interval around the grid's best C. */
export const C_SEARCH_STEPS = 8;

/** One fit of the grid. */
export interface GridPoint {
  readonly c: number;
  /** Fraction of the validation examples. */
  readonly validationAccuracy: number;
  readonly iterations: number;
}

/** One halving: both ends are fitted, the better on validation is chosen, the left one on a tie. */
export interface SearchStep {
  readonly left: number;
  readonly right: number;
  readonly validationLeft: number;
  readonly validationRight: number;
  readonly chosen: number;
}

export interface LinearProbe extends LinearClassifier {
  /** C of the classifier: the one chosen in the last step. */
  readonly c: number;
  /** Its accuracy on validation, as a fraction. */
  readonly validationAccuracy: number;
  /** L-BFGS iterations of all fits that were run. */
  readonly iterations: number;
  readonly trace: { readonly grid: readonly GridPoint[]; readonly search: readonly SearchStep[] };
}

/** Predicted labels of n examples; features are [n, E]. An engine's matrix product may stand in. */
export type Classify = (
  features: Float32Array,
  n: number,
  classifier: LinearClassifier,
) => Int32Array | Promise<Int32Array>;

/**
 * Fits the linear probe: logistic regression on frozen features, C chosen on validation examples.
 *
 * K classes, E features. Features are raw, as the image tower gives them before normalisation. C is searched
 * as lpclip does: the seven values of {@link C_GRID}, first best wins; then {@link C_SEARCH_STEPS} times both
 * ends of an interval, at first [C/10, 10·C], are fitted, and the interval is halved in log10 towards the
 * better end. The classifier is that of the last step's better end, although the grid's best may score higher.
 *
 * @throws {UserError} PROBE_DATA, see prepareLogisticRegression; also for validation examples.
 *
 * Source: Radford et al., 2021, arXiv 2103.00020, appendix A.3; CoOp's lpclip/linear_probe.py [ff61507].
 * Differs: an end that was fitted before is not fitted again (its answer would be the same); the examples are
 * CoOp's draws.
 */
export async function fitLinearProbe(request: {
  readonly train: LabelledFeatures;
  readonly val: LabelledFeatures;
  /** K. */
  readonly classCount: number;
  readonly objectiveFactory: LogisticObjectiveFactory;
  /** Default: plain loops, for small sets. */
  readonly classify?: Classify | undefined;
  /** A cancelled search throws the signal's reason. */
  readonly signal?: CancelSignal | undefined;
}): Promise<LinearProbe> {
  const { train, val, classCount, objectiveFactory, classify = classifyPlainly, signal } = request;
  const dim = checkLabelledFeatures(train, classCount, 'training');
  const valDim = checkLabelledFeatures(val, classCount, 'validation');
  if (valDim !== dim) {
    throw new UserError('PROBE_DATA', {
      where: 'linear probe: validation examples',
      expected: `${dim} numbers a row, as the training examples have`,
      found: `${valDim} numbers a row`,
      hint: 'features of one checkpoint for both',
    });
  }
  const fit = await prepareLogisticRegression({ train, classCount, objectiveFactory, signal });

  const fits = new Map<string, Scored>();
  const scoredFit = async (c: number): Promise<Scored> => {
    // The first middle is the grid's C again, but through log10 and back: an ulp away, perhaps.
    const key = c.toPrecision(12);
    const known = fits.get(key);
    if (known !== undefined) return known;
    signal?.throwIfAborted();
    const fitted = await fit(c);
    const predicted = await classify(val.features, val.labels.length, fitted);
    const correct = predicted.reduce((sum, label, i) => sum + (label === val.labels[i] ? 1 : 0), 0);
    const scored = { fitted, accuracy: correct / val.labels.length };
    fits.set(key, scored);
    return scored;
  };

  const grid: GridPoint[] = [];
  for (const c of C_GRID) {
    const { fitted, accuracy } = await scoredFit(c);
    grid.push({ c, validationAccuracy: accuracy, iterations: fitted.iterations });
  }
  const peak = grid.reduce((best, point) =>
    point.validationAccuracy > best.validationAccuracy ? point : best,
  );

  const search: SearchStep[] = [];
  let [left, right] = [0.1 * peak.c, 10 * peak.c];
  let chosen = await scoredFit(left);
  for (let step = 0; step < C_SEARCH_STEPS; step++) {
    const [atLeft, atRight] = [await scoredFit(left), await scoredFit(right)];
    const goRight = atLeft.accuracy < atRight.accuracy;
    chosen = goRight ? atRight : atLeft;
    search.push({
      left,
      right,
      validationLeft: atLeft.accuracy,
      validationRight: atRight.accuracy,
      chosen: goRight ? right : left,
    });
    const middle = 0.5 * (Math.log10(right) + Math.log10(left));
    if (goRight) left = 10 ** middle;
    else right = 10 ** middle;
  }
  return {
    weights: chosen.fitted.weights,
    bias: chosen.fitted.bias,
    c: chosen.fitted.c,
    validationAccuracy: chosen.accuracy,
    iterations: [...fits.values()].reduce((sum, { fitted }) => sum + fitted.iterations, 0),
    trace: { grid, search },
  };
}

interface Scored {
  readonly fitted: LogisticFit;
  readonly accuracy: number;
}

function classifyPlainly(features: Float32Array, n: number, classifier: LinearClassifier): Int32Array {
  return argmaxRows(linearScores(features, n, classifier), classifier.bias.length);
}
