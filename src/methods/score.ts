import type { PerClass, Score } from '../config/index.ts';

/** One bit an answer, the first in the lowest bit of the first byte; base64. */
function packBits(bits: readonly boolean[]): string {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    if (bit) bytes[i >> 3]! |= 1 << (i & 7);
  });
  return Buffer.from(bytes).toString('base64');
}

/** Labels as 16-bit numbers, the low byte first; base64. */
function packLabels(labels: readonly number[]): string {
  const bytes = Buffer.alloc(2 * labels.length);
  labels.forEach((label, i) => {
    bytes.writeUInt16LE(label, 2 * i);
  });
  return bytes.toString('base64');
}

/**
 * Accuracy of predicted labels.
 * @param predicted n labels @param labels n true labels @param classCount K
 */
export function scorePredictions(
  target: string,
  predicted: Int32Array,
  labels: Int32Array,
  classCount: number,
): Score {
  const perClass = {
    correct: new Array<number>(classCount).fill(0),
    count: new Array<number>(classCount).fill(0),
  } satisfies PerClass;
  const hits = Array.from(labels, (label, i) => predicted[i] === label);
  labels.forEach((label, i) => {
    perClass.count[label]! += 1;
    if (hits[i]) perClass.correct[label]! += 1;
  });
  const rates = perClass.count.flatMap((count, label) =>
    count > 0 ? [perClass.correct[label]! / count] : [],
  );
  const correct = hits.reduce((sum, hit) => sum + Number(hit), 0);
  return {
    target,
    accuracy: correct / labels.length,
    macroAccuracy: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
    correct,
    count: labels.length,
    perClass,
    hits: packBits(hits),
    mistakes: packLabels(Array.from(predicted).filter((_, i) => hits[i] === false)),
  };
}
