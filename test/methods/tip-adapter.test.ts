import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { UserError } from '../../src/config/index.ts';
import { methodConfig, methodOf, zeroShotWeights } from '../../src/methods/index.ts';
import type { TipAdapterConfig } from '../../src/methods/kinds/tip-adapter.ts';
import type { TipAdapterFConfig } from '../../src/methods/kinds/tip-adapter-f.ts';
import { buildCache, cacheScorer, chooseStrengths, slotsOf } from '../../src/methods/tip-adapter.ts';
import { relativeError } from '../relative-error.ts';
import {
  argmax,
  disposeTowers,
  embedDim,
  numbers,
  picturesOf,
  plainLogits,
  plainLoss,
  rowOf,
  sourceOf,
  tinyCache,
  towers,
  unit,
} from './tip-adapter-case.ts';

after(disposeTowers);

const context = { shots: 2, epochs: 'suite', views: 4, dataset: 'd', prompts: ['a photo of a {}.'] } as const;
const settings = (changes = '') => methodConfig(`tip_adapter${changes}`, context) as TipAdapterConfig;
const settingsF = (changes = '') => methodConfig(`tip_adapter_f${changes}`, context) as TipAdapterFConfig;

/** Two, one and two pictures of three classes, whose crops differ by epoch. */
const LABELS = [2, 0, 1, 0, 2];
const crop = (epoch: number, i: number) => numbers(embedDim, 1000 * i + 10 * epoch);
const train = picturesOf(LABELS, crop);
const NONE = picturesOf([], crop);

describe("Tip-Adapter's settings", () => {
  it('are those of the official configuration for ImageNet', () => {
    const { alpha, beta, alphaMax, betaMax, passes } = settings();
    assert.deepEqual([alpha, beta, alphaMax, betaMax, passes], [1.17, 1, 3, 7, 10]);
    const { epochs, batchSize, learningRate, epsilon } = settingsF();
    assert.deepEqual([epochs, batchSize, learningRate, epsilon], [20, 256, 0.001, 1e-4]);
  });

  it('take what stands behind the key, and a number of epochs from the command', () => {
    const changed = settingsF(':alpha=2:beta=1.5:alpha_max=30:beta_max=12:lr=0.01:views=fresh');
    const { alpha, beta, alphaMax, betaMax, learningRate, views } = changed;
    assert.deepEqual([alpha, beta, alphaMax, betaMax, learningRate, views], [2, 1.5, 30, 12, 0.01, 'fresh']);
    assert.equal((methodConfig('tip_adapter_f', { ...context, epochs: 3 }) as TipAdapterFConfig).epochs, 3);
  });

  for (const [key, message] of [
    ['tip_adapter:lr=0.1', /NAME one of views, alpha, beta, alpha_max, beta_max/],
    ['tip_adapter:alpha=-1', /alpha\n.*above 0\n.*"-1"/s],
    ['tip_adapter_f:beta_max=0.1', /above 0\.1/],
  ] as const) {
    it(`refuse ${key}`, () => {
      assert.throws(
        () => methodConfig(key, context),
        (error) => error instanceof UserError && message.test(error.message),
      );
    });
  }
});

describe("Tip-Adapter's cache", () => {
  it('puts every picture into a slot of its class', () => {
    const { slots, slotOf, filled } = slotsOf(Int32Array.from(LABELS), 4);
    assert.equal(slots, 2);
    assert.deepEqual(slotOf, [4, 0, 2, 1, 5]);
    assert.deepEqual([...filled], [1, 1, 1, 0, 1, 1, 0, 0]);
  });

  it("has as keys the mean of each picture's crops, divided by its length", async () => {
    const { keys, shape } = await buildCache(settings(), sourceOf(train, NONE));
    assert.deepEqual(shape, { classes: 3, slots: 2, embedDim });
    const { slotOf } = slotsOf(train.labels, 3);
    for (const [i, slot] of slotOf.entries()) {
      const crops = Array.from({ length: 10 }, (_, epoch) => crop(epoch, i));
      const mean = crops[0]!.map((_, e) => crops.reduce((sum, x) => sum + x[e]!, 0));
      assert.ok(relativeError(rowOf(keys, slot, embedDim), unit([...mean])) < 1e-5);
    }
    assert.deepEqual([...keys.subarray(3 * embedDim, 4 * embedDim)], new Array(embedDim).fill(0));
  });
});

describe("Tip-Adapter's scores", () => {
  const images = numbers(300 * 4, 7);

  it('are those of plain loops, for more pictures than are compared at a time', async () => {
    const strengths = { alpha: 0.7, beta: 5.5 };
    const scores = await cacheScorer(towers, tinyCache(), strengths).scores(images, 300);
    assert.ok(relativeError(scores, plainLogits(images, tinyCache(), strengths).flat()) < 1e-5);
  });

  it('with α = 0 choose what the zero-shot classifier chooses, whatever the keys', async () => {
    const pictures = numbers(40 * embedDim, 3);
    const cache = await buildCache(settings(), sourceOf(train, NONE));
    const scores = await cacheScorer(towers, cache, { alpha: 0, beta: 3 }).scores(pictures, 40);
    const { engine, text, tokenizer, classifier } = towers;
    const names = ['dog', 'cat', 'tiger_cat'];
    const weights = await zeroShotWeights(engine, text, tokenizer, names, ['a photo of a {}.']);
    const expected = await classifier.predict(pictures, weights, new Float32Array(3));
    const chosen = Array.from(expected, (_, i) => argmax(rowOf(scores, i, 3)));
    assert.deepEqual(chosen, [...expected]);
    assert.ok(new Set(chosen).size > 1);
  });
});

describe('the choice of α and β', () => {
  const cache = tinyCache();
  const features = numbers(30 * 4, 500);
  const labels = Array.from({ length: 30 }, (_, i) => (7 * i) % 3);
  const val = picturesOf(labels, (_, i) => rowOf(features, i, 4));

  it('takes the first pair of the grid with most right answers, as the official loops go', async () => {
    let best = { alpha: 0, beta: 0, correct: -1 };
    for (let b = 0; b < 200; b++) {
      const beta = (b * (7 - 0.1)) / 200 + 0.1;
      for (let a = 0; a < 20; a++) {
        const alpha = (a * (3 - 0.1)) / 20 + 0.1;
        const logits = plainLogits(features, cache, { alpha, beta });
        const correct = logits.filter((of, n) => argmax(of) === labels[n]).length;
        if (correct > best.correct) best = { alpha, beta, correct };
      }
    }
    const { strengths, details } = await chooseStrengths(settings(), sourceOf(train, val), cache);
    const { alpha, beta } = best;
    assert.deepEqual(strengths, { alpha, beta });
    assert.deepEqual(details.chosen, { alpha, beta });
    assert.equal(details.validationAccuracy, best.correct / 30);
    const tried = (setting: string) => details.validation!.filter((point) => point.setting === setting);
    assert.deepEqual([tried('beta').length, tried('alpha').length], [200, 20]);
    for (const [setting, value] of [
      ['alpha', alpha],
      ['beta', beta],
    ] as const) {
      const point = tried(setting).find((one) => one.value === value);
      assert.equal(point?.accuracy, details.validationAccuracy);
    }
  });

  it('leaves them as they are set where there is no validation picture', async () => {
    const { strengths, details } = await chooseStrengths(settings(':alpha=2'), sourceOf(train, NONE), cache);
    assert.deepEqual(strengths, { alpha: 2, beta: 1 });
    assert.deepEqual(details, {});
  });

  it('can be stopped', async () => {
    const stopped = {
      ...sourceOf(train, val),
      throwIfCancelled() {
        throw new Error('stopped');
      },
    };
    await assert.rejects(chooseStrengths(settings(), stopped, cache), /stopped/);
  });
});

describe('Tip-Adapter-F', () => {
  /** One crop a picture for all epochs, so that losses compare. */
  const still = picturesOf(LABELS, (_, i) => crop(0, i));
  const fit = (changes: string, pictures = still) => {
    const config = settingsF(changes);
    return methodOf(config).fit({ config, source: sourceOf(pictures, NONE) });
  };

  it('lowers the loss of the training pictures, as its own scores show', async () => {
    const fitted = await fit(':lr=0.01');
    assert.equal(fitted.reads, 'features');
    const { lossPerEpoch, steps } = fitted.details;
    assert.equal(steps, 20);
    const features = await still.features();
    const scores = await fitted.scores(features as never, LABELS.length);
    const after = plainLoss(
      LABELS.map((_, i) => rowOf(scores, i, 3)),
      LABELS,
    );
    const before = plainLoss(
      plainLogits(features, await buildCache(settings(), sourceOf(still, NONE)), settings()),
      LABELS,
    );
    assert.ok(
      Math.abs(lossPerEpoch![0]! - before) < 1e-5,
      'the first loss is that of the cache as it was made',
    );
    assert.ok(after < lossPerEpoch!.at(-1)!);
    assert.ok(after < 0.9 * before, `${before} -> ${after}`);
  });

  it('takes every picture once an epoch, the last short batch too, on crops that made no key', async () => {
    const seen = new Map<number, number[]>();
    const labels = Array.from({ length: 300 }, (_, i) => i % 3);
    const counted = picturesOf(labels, (epoch, i) => {
      seen.set(epoch, [...(seen.get(epoch) ?? []), i]);
      return crop(0, i);
    });
    const { steps } = (await fit(':epochs=2', counted)).details;
    assert.equal(steps, 4);
    assert.deepEqual([...seen.keys()], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    for (const [epoch, indices] of seen) {
      assert.equal(new Set(indices).size, 300, `epoch ${epoch}`);
      assert.equal(indices.length, 300);
    }
    assert.notDeepEqual(seen.get(10), seen.get(11), 'in an order of its own');
  });

  it('counts its work: more than that of Tip-Adapter, and crops that are not there yet', () => {
    const size = {
      classNames: ['dog', 'cat', 'tiger_cat'],
      train: 5,
      val: 3,
      text: towers.text.architecture,
      tokenizer: towers.tokenizer,
      embedDim,
      pictureFlops: 1e6,
    };
    const work = (key: string) => {
      const config = methodConfig(key, context);
      return methodOf(config).work(config, size);
    };
    // 20 epochs of 5 pictures: 5 keys and 3 classes forward, 5 keys on the way back.
    const trained = 20 * 5 * 2 * embedDim * (5 + 3 + 5);
    assert.equal(work('tip_adapter_f').flops - work('tip_adapter').flops, trained);
    assert.equal(work('tip_adapter_f').calls - work('tip_adapter').calls, 20);
    assert.equal(work('tip_adapter').freshPictures, 0);
    assert.equal(work('tip_adapter:views=fresh').freshPictures, 50);
    assert.equal(work('tip_adapter_f:views=fresh').freshPictures, 150);
  });

  it('refuses to go on with a loss that is no number', async () => {
    const broken = picturesOf(LABELS, () => new Float32Array(embedDim));
    await assert.rejects(fit('', broken), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.code, 'TRAINING_DIVERGED');
      return true;
    });
  });
});
