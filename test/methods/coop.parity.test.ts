import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileCoOp, initialContext } from '../../src/methods/index.ts';
import { learningRates, Sgd } from '../../src/train/index.ts';
import { ENGINES } from '../engines.ts';
import { relativeError } from '../relative-error.ts';
import { cases, floats, labels, specOf, text, tokenizer } from './coop-case.ts';

/** float32 against float32, another order of sums: seen below 3e-6. */
const ONE_STEP = 2e-5;
/** Eight steps of training carry differences on. */
const TRAJECTORY = 1e-3;

for (const { title, engine, skip } of ENGINES) {
  for (const stored of cases) {
    describe(`CoOp ${stored.key} on ${title}`, { skip }, () => {
      for (const chunks of [1, 3]) {
        it(`gives CoOp's logits, loss and gradient in ${chunks} chunk(s)`, async () => {
          const program = await compileCoOp(engine, specOf(stored, 8), chunks);
          const step = await program.step(
            floats(stored, 'ctx0'),
            floats(stored, 'image_features'),
            labels(stored),
          );
          assert.ok(relativeError(step.logits, floats(stored, 'logits')) < ONE_STEP);
          assert.ok(relativeError([step.loss], [stored.loss]) < ONE_STEP);
          assert.ok(relativeError(step.ctxGrad, floats(stored, 'ctx_grad')) < ONE_STEP);
          await program.dispose();
        });
      }

      it("follows CoOp's training for eight steps", async () => {
        const program = await compileCoOp(engine, specOf(stored, 4));
        const ctx = floats(stored, 'ctx0').slice();
        const images = floats(stored, 'image_features');
        const dim = images.length / 8;
        const rates = learningRates({ epochs: 4, baseLr: 0.002, warmupEpochs: 1, warmupLr: 1e-5 });
        const sgd = new Sgd(ctx.length, { momentum: 0.9, weightDecay: 5e-4 });
        const losses: number[] = [];
        for (const rate of rates) {
          for (const start of [0, 4]) {
            const batch = images.slice(start * dim, (start + 4) * dim);
            const step = await program.step(ctx, batch, labels(stored).slice(start, start + 4));
            sgd.step(ctx, step.ctxGrad, rate);
            losses.push(step.loss);
          }
        }
        assert.ok(relativeError(losses, stored.trajectory_losses) < TRAJECTORY);
        assert.ok(relativeError(ctx, floats(stored, 'ctx_after')) < TRAJECTORY);
        const features = await program.textFeatures(ctx);
        assert.ok(relativeError(features, floats(stored, 'text_features_after')) < TRAJECTORY);
        await program.dispose();
      });
    });
  }
}

describe('the context training starts from', () => {
  const stored = cases.find((c) => c.ctx_init !== '')!;

  it('is the embedding of the given words', () => {
    const config = { nCtx: 4, csc: false, ctxInit: stored.ctx_init };
    const ctx = initialContext(config, { classCount: 7, seed: 1, text, tokenizer });
    assert.deepEqual(ctx, floats(stored, 'ctx0'));
  });

  it('is refused where the words are not as many tokens as there are vectors', () => {
    const config = { nCtx: 3, csc: false, ctxInit: stored.ctx_init };
    assert.throws(
      () => initialContext(config, { classCount: 7, seed: 1, text, tokenizer }),
      /a context of 3 vectors.*expected: 3 tokens.*found: +4 tokens/s,
    );
  });

  it('is N(0, 0.02) otherwise, by seed', () => {
    const config = { nCtx: 16, csc: true, ctxInit: null };
    const [a, b] = [1, 2].map((seed) => initialContext(config, { classCount: 20, seed, text, tokenizer }));
    assert.equal(a!.length, 20 * 16 * 64);
    assert.notDeepEqual(a, b);
    const std = Math.sqrt(a!.reduce((sum, x) => sum + x * x, 0) / a!.length);
    assert.ok(Math.abs(std - 0.02) < 0.0005, `${std}`);
  });
});
