import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scorePredictions } from '../../src/methods/index.ts';

const score = (predicted: number[], labels: number[]) =>
  scorePredictions('icons', Int32Array.from(predicted), Int32Array.from(labels), 8);

describe('scorePredictions', () => {
  it('counts right answers over all pictures, and class by class with equal weight', () => {
    // Class 0: 1 of 2, class 1: 3 of 4, class 2: 0 of 1.
    const { accuracy, macroAccuracy, correct, count, target } = score(
      [0, 1, 1, 1, 1, 2, 0],
      [0, 0, 1, 1, 1, 1, 2],
    );
    assert.equal(target, 'icons');
    assert.deepEqual([correct, count], [4, 7]);
    assert.equal(accuracy, 4 / 7);
    assert.ok(Math.abs(macroAccuracy - (1 / 2 + 3 / 4 + 0) / 3) < 1e-15);
  });

  it('leaves classes without test pictures out of the macro average, even where they were predicted', () => {
    // Labels 1 and 3 only; class 0 and 7 appear as answers.
    const { accuracy, macroAccuracy } = score([3, 0, 7, 1], [3, 3, 1, 1]);
    assert.equal(accuracy, 0.5);
    assert.equal(macroAccuracy, (1 / 2 + 1 / 2) / 2);
    assert.equal(score([3, 3, 3, 0], [3, 3, 3, 1]).macroAccuracy, (1 + 0) / 2);
  });

  it('is the same for any order of the pictures', () => {
    const [predicted, labels] = [
      [2, 0, 1, 1, 0, 2, 2],
      [2, 1, 1, 0, 0, 2, 1],
    ];
    const reversed = score(predicted.toReversed(), labels.toReversed());
    const { hits, mistakes, ...rest } = score(predicted, labels);
    assert.deepEqual({ ...reversed, hits, mistakes }, { ...rest, hits, mistakes });
    assert.equal(Buffer.from(hits, 'base64')[0], 0b0110101, 'the first picture is the lowest bit');
    assert.deepEqual(
      [...Buffer.from(mistakes!, 'base64')],
      [0, 0, 1, 0, 2, 0],
      'what the others were taken for',
    );
  });

  it('is 1 where all are right and 0 where none is', () => {
    assert.deepEqual(score([4, 5], [4, 5]), {
      target: 'icons',
      accuracy: 1,
      macroAccuracy: 1,
      correct: 2,
      count: 2,
      perClass: { correct: [0, 0, 0, 0, 1, 1, 0, 0], count: [0, 0, 0, 0, 1, 1, 0, 0] },
      // The first two bits.
      hits: Buffer.from([0b11]).toString('base64'),
      mistakes: '',
    });
    assert.equal(score([5, 4], [4, 5]).macroAccuracy, 0);
  });
});
