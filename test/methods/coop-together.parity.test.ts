import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileTogether } from '../../src/methods/index.ts';
import { ENGINES } from '../engines.ts';
import { relativeError } from '../relative-error.ts';
import { cases, floats, labels, specOf } from './coop-case.ts';

/** float32 against float32, another order of sums. */
const ONE_STEP = 2e-5;

const joined = (parts: readonly Float32Array[]): Float32Array =>
  Float32Array.from(parts.flatMap((part) => [...part]));

/** Whether two cases are of one shape: unified contexts of one length and place. */
const alike = (a: (typeof cases)[number], b: (typeof cases)[number]): boolean =>
  a.position === b.position && a.n_ctx === b.n_ctx && a.class_specific === b.class_specific;

for (const { title, engine, skip } of ENGINES) {
  describe(`fits of CoOp in one graph on ${title}`, { skip }, () => {
    for (const stored of cases) {
      it(`${stored.key}: each gives CoOp's loss and gradient, whatever stands beside it`, async () => {
        // Another stored case where there is one of this shape, and in the middle a context that nobody answers for.
        const other = cases.find((one) => one !== stored && alike(one, stored)) ?? stored;
        const strange = floats(stored, 'ctx0').map((x, i) => x + 0.3 * Math.sin(i));
        const members = [stored, null, other];
        const program = await compileTogether(engine, specOf(stored, 8), members.length);
        const { losses, ctxGrad } = await program.step(
          joined(members.map((member) => (member === null ? strange : floats(member, 'ctx0')))),
          joined(members.map((member) => floats(member ?? stored, 'image_features'))),
          Int32Array.from(members.flatMap((member) => [...labels(member ?? stored)])),
        );
        const size = strange.length;
        for (const [g, member] of members.entries()) {
          if (member === null) continue;
          const grad = ctxGrad.subarray(g * size, (g + 1) * size);
          assert.ok(relativeError([losses[g]!], [member.loss]) < ONE_STEP);
          assert.ok(relativeError(grad, floats(member, 'ctx_grad')) < ONE_STEP);
        }
        await program.dispose();
      });

      it(`${stored.key}: their text features are those that CoOp's training ends with`, async () => {
        const program = await compileTogether(engine, specOf(stored, 4), 2);
        const after = floats(stored, 'ctx_after');
        const features = await program.textFeatures(
          joined([after, after.map((x, i) => x + 0.1 * Math.cos(i))]),
        );
        const own = features.subarray(0, features.length / 2);
        assert.ok(relativeError(own, floats(stored, 'text_features_after')) < ONE_STEP);
        await program.dispose();
      });
    }
  });
}
