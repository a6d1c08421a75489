import type { Score } from '../config/index.ts';

/**
 * Accuracy of predicted labels.
 * @param predicted n labels @param labels n true labels
 */
export function scorePredictions(target: string, predicted: Int32Array, labels: Int32Array): Score {
  const perClass = new Map<number, { correct: number; count: number }>();
  let correct = 0;
  labels.forEach((label, i) => {
    const hit = predicted[i] === label ? 1 : 0;
    correct += hit;
    const of = perClass.get(label) ?? { correct: 0, count: 0 };
    perClass.set(label, { correct: of.correct + hit, count: of.count + 1 });
  });
  const rates = [...perClass.entries()].sort(([a], [b]) => a - b).map(([, of]) => of.correct / of.count);
  return {
    target,
    accuracy: correct / labels.length,
    macroAccuracy: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
    correct,
    count: labels.length,
  };
}
