import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../src/config/index.ts';
import { chooseRate } from '../../src/methods/choose-rate.ts';

const diverged = () => new UserError('TRAINING_DIVERGED', { where: 'a training' });

/** Fits by rate: right answers of ten on validation, or what the fit throws. */
function choose(
  answers: readonly (readonly [rate: number, correct: number | Error])[],
  validationCount = 10,
) {
  const discarded: string[] = [];
  const chosen = chooseRate({
    rates: answers.map(([rate]) => rate),
    validationCount,
    fit: async (rate, i) => {
      const correct = answers[i]![1];
      if (correct instanceof Error) throw correct;
      const training = { lossPerEpoch: [rate], accuracyPerEpoch: [0.5], steps: 7 };
      return { fitted: `fit ${rate}`, training, correct };
    },
    discard: async (fitted) => {
      discarded.push(fitted);
    },
  });
  return { chosen, discarded };
}

describe('the choice of a learning rate', () => {
  it('takes the best on validation, the first of equals, and tells all that were tried', async () => {
    const { chosen, discarded } = choose([
      [0.1, 4],
      [0.01, 8],
      [0.001, 8],
    ]);
    assert.deepEqual(await chosen, {
      fitted: 'fit 0.01',
      details: {
        learningRate: 0.01,
        validationAccuracy: 0.8,
        validation: [
          { setting: 'learning rate', value: 0.1, accuracy: 0.4 },
          { setting: 'learning rate', value: 0.01, accuracy: 0.8 },
          { setting: 'learning rate', value: 0.001, accuracy: 0.8 },
        ],
        lossPerEpoch: [0.01],
        accuracyPerEpoch: [0.5],
        steps: 7,
      },
    });
    assert.deepEqual(discarded, ['fit 0.1', 'fit 0.001']);
  });

  it('counts a rate that diverges as none right', async () => {
    const { chosen } = choose([
      [1, diverged()],
      [0.1, 0],
    ]);
    const { details } = await chosen;
    assert.equal(details.learningRate, 0.1);
    assert.deepEqual(
      details.validation!.map(({ accuracy }) => accuracy),
      [0, 0],
    );
  });

  it('fails where every rate diverges, with the first reason', async () => {
    const first = diverged();
    await assert.rejects(
      choose([
        [1, first],
        [0.1, diverged()],
      ]).chosen,
      (error) => error === first,
    );
  });

  it('gives back what it holds when it is stopped', async () => {
    const stop = new Error('stopped');
    const { chosen, discarded } = choose([
      [1, 5],
      [0.1, stop],
    ]);
    await assert.rejects(chosen, (error) => error === stop);
    assert.deepEqual(discarded, ['fit 1']);
  });

  it('needs validation pictures', async () => {
    await assert.rejects(choose([[1, 0]], 0).chosen, { code: 'NO_VALIDATION_PICTURES' });
  });
});
