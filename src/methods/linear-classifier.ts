import type { LinearClassifier } from './logistic-regression.ts';

/**
 * Scores of a linear classifier, features · weightsᵀ + bias, summed in float64.
 *
 * n examples, E features, K classes. For small sets: n·K·E multiplications in plain JavaScript.
 *
 * @param features [n, E].
 * @returns [n, K].
 */
export function linearScores(features: Float32Array, n: number, classifier: LinearClassifier): Float64Array {
  const { weights, bias } = classifier;
  const classes = bias.length;
  const dim = weights.length / classes;
  const scores = new Float64Array(n * classes);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < classes; k++) {
      let sum = 0;
      for (let j = 0; j < dim; j++) sum += features[i * dim + j] * weights[k * dim + j];
      scores[i * classes + k] = sum + bias[k];
    }
  }
  return scores;
}

/** Class with the highest score of each row; the first of equals. `scores` is [n, K]; returns n labels. */
export function argmaxRows(scores: ArrayLike<number>, classes: number): Int32Array {
  const labels = new Int32Array(scores.length / classes);
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (scores[i * classes + k] > scores[i * classes + best]) best = k;
    }
    labels[i] = best;
  }
  return labels;
}

/**
 * Softmax of each row of scores, as scikit-learn's predict_proba. `scores` is [n, K] and every row has a
 * finite score; returns [n, K], 0 where a score is −Infinity.
 */
export function softmaxRows(scores: Float64Array, classes: number): Float64Array {
  const out = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += classes) {
    const row = scores.subarray(start, start + classes);
    const top = row.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      out[start + k] = Math.exp(row[k] - top);
      sum += out[start + k];
    }
    for (let k = 0; k < classes; k++) out[start + k] /= sum;
  }
  return out;
}
