import type { LogisticObjective, LogisticProblem } from '../../src/methods/logistic-regression.ts';

/**
 * The objective written out in plain float64 loops: mean softmax cross-entropy + ‖W‖² / (2·C·n), bias free.
 *
 * @param round Applied to every score, to the loss and to the gradient; Math.fround stands in for an engine
 * that computes in float32.
 */
export function plainObjective(
  problem: LogisticProblem,
  round: (value: number) => number = (value) => value,
): LogisticObjective {
  const { features, labels, n, dim, classes } = problem;
  const scores = new Float64Array(classes);
  return (x, c, gradient) => {
    const biasAt = classes * dim;
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < classes; k++) {
        let sum = x[biasAt + k];
        for (let j = 0; j < dim; j++) sum += features[i * dim + j] * x[k * dim + j];
        scores[k] = round(sum);
      }
      const top = Math.max(...scores);
      const total = scores.reduce((sum, score) => sum + Math.exp(score - top), 0);
      loss += (top + Math.log(total) - scores[labels[i]]) / n;
      for (let k = 0; k < classes; k++) {
        const p = Math.exp(scores[k] - top) / total - (k === labels[i] ? 1 : 0);
        for (let j = 0; j < dim; j++) gradient[k * dim + j] += (p * features[i * dim + j]) / n;
        gradient[biasAt + k] += p / n;
      }
    }
    for (let at = 0; at < biasAt; at++) {
      loss += x[at] ** 2 / (2 * c * n);
      gradient[at] += x[at] / (c * n);
    }
    for (let at = 0; at < gradient.length; at++) gradient[at] = round(gradient[at]);
    return round(loss);
  };
}
