import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../src/config/index.ts';
import { type CoOpConfig, type CoOpProgram, fitCoOp } from '../../src/methods/index.ts';

const config: CoOpConfig = {
  kind: 'coop',
  key: 'coop_m4_end',
  version: 1,
  nCtx: 4,
  position: 'end',
  csc: false,
  ctxInit: null,
  epochs: 50,
  batchSize: 32,
  learningRate: 0.002,
  momentum: 0,
  weightDecay: 0,
  warmupEpochs: 1,
  warmupLearningRate: 1e-5,
  views: 8,
};

interface Seen {
  readonly epoch: number;
  readonly indices: readonly number[];
  readonly labels: readonly number[];
}

/** Runs a fit over pictures whose label is their index, with a stand-in for the network: loss 1, gradient 1. */
async function fit(count: number, changes: Partial<CoOpConfig> = {}, seed = 1, answer: Partial<Step> = {}) {
  const seen: Seen[] = [];
  const contexts: number[] = [];
  let asked = { epoch: -1, indices: [] as readonly number[] };
  const program: CoOpProgram = {
    async step(ctx, _, labels) {
      contexts.push(ctx[0]!);
      seen.push({ ...asked, labels: [...labels] });
      // One class: every answer is label 0.
      return { logits: new Float32Array(labels.length), loss: 1, ctxGrad: Float32Array.of(1), ...answer };
    },
    textFeatures: async () => new Float32Array(0),
    dispose: async () => {},
  };
  const result = await fitCoOp({
    config: { ...config, ...changes },
    seed,
    program,
    start: Float32Array.of(0),
    features: {
      count,
      async batch(epoch, indices) {
        asked = { epoch, indices };
        return new Float32Array(indices.length);
      },
    },
    labels: Int32Array.from({ length: count }, (_, i) => i),
  });
  return { ...result, seen, contexts };
}

type Step = Awaited<ReturnType<CoOpProgram['step']>>;

describe("CoOp's training loop", () => {
  const rules: readonly (readonly [title: string, count: number, steps: number, size: number])[] = [
    ['drops the last short batch where there is a full one', 70, 2, 32],
    ['takes full batches as they are', 64, 2, 32],
    ['takes all pictures at once where they are fewer than a batch', 20, 1, 20],
    ['trains on a single picture', 1, 1, 1],
  ];
  for (const [title, count, steps, size] of rules) {
    it(title, async () => {
      const { seen, steps: taken } = await fit(count, { epochs: 3 });
      assert.equal(taken, 3 * steps);
      assert.deepEqual(
        seen.map(({ epoch }) => epoch),
        [0, 1, 2].flatMap((epoch) => new Array(steps).fill(epoch)),
      );
      for (const { indices, labels } of seen) {
        assert.equal(indices.length, size);
        assert.deepEqual(labels, indices, 'labels belong to the pictures of the batch');
      }
      for (const epoch of [0, 1, 2]) {
        const drawn = seen.filter((step) => step.epoch === epoch).flatMap(({ indices }) => indices);
        assert.equal(new Set(drawn).size, drawn.length, 'no picture twice in an epoch');
      }
    });
  }

  it('shuffles every epoch anew, by seed', async () => {
    const orders = async (seed: number) =>
      (await fit(32, { epochs: 2 }, seed)).seen.map((step) => step.indices);
    const [first, second] = await orders(1);
    assert.notDeepEqual(first, second);
    assert.deepEqual(await orders(1), [first, second]);
    assert.notDeepEqual((await orders(2))[0], first);
  });

  it("uses Dassl's learning rate of each epoch for every one of its steps", async () => {
    const path = fileURLToPath(new URL('../fixtures/coop/lr_per_epoch.json', import.meta.url));
    const rates = (JSON.parse(readFileSync(path, 'utf8')) as Record<string, number[]>)['50']!;
    const { contexts, ctx } = await fit(64);
    const ends = [...contexts, ctx[0]!];
    assert.equal(contexts.length, 2 * rates.length);
    for (let step = 0; step < contexts.length; step++) {
      // With a gradient of 1, no momentum and no decay a step is the rate itself, up to float32 of the context.
      const rate = rates[Math.floor(step / 2)]!;
      assert.ok(Math.abs(ends[step]! - ends[step + 1]! - rate) < 1e-8, `step ${step}`);
    }
  });

  it('tells the mean loss of every epoch', async () => {
    assert.deepEqual((await fit(70, { epochs: 2 })).lossPerEpoch, [1, 1]);
    assert.deepEqual((await fit(20, { epochs: 2 })).accuracyPerEpoch, [1 / 20, 1 / 20]);
  });

  for (const [what, answer, message] of [
    ['a loss that is no number', { loss: Number.NaN }, /loss of epoch 1, step 1.*found: +NaN/s],
    [
      'a gradient without bound',
      { ctxGrad: Float32Array.of(Number.POSITIVE_INFINITY) },
      /the learned context.*found: +-Infinity|the learned context.*found: +NaN/s,
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(fit(4, { epochs: 2 }, 1, answer), (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.code, 'TRAINING_DIVERGED');
        assert.match(error.message, message);
        return true;
      });
    });
  }
});
