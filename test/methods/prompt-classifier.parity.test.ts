import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../src/checkpoint/index.ts';
import { openCheckpoint } from '../../src/clip/index.ts';
import {
  checkClasses,
  coopFormTensors,
  learnedClasses,
  ProbabilityHead,
  promptWeights,
  readPrompt,
} from '../../src/methods/index.ts';
import { onnxEngine } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';
import { cases, floats, specOf, text, tokenizer } from './coop-case.ts';

const engine = onnxEngine();
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const vocabulary = {
  tokenizer,
  embeddings: text.tokenEmbedding.attributes.data as Float32Array,
  contextLength: text.architecture.contextLength,
};
const embedDim = (await openCheckpoint(fixture('checkpoints/vit.openai.safetensors'))).architecture.embedDim;

/** Softmax of the first `classes` of every row, from its definition, in float64. */
function softmax(logits: Float32Array, all: number, classes: number): number[] {
  return Array.from({ length: logits.length / all }, (_, row) => {
    const scores = [...logits.subarray(row * all, row * all + classes)];
    const top = Math.max(...scores);
    const exps = scores.map((score) => Math.exp(score - top));
    const sum = exps.reduce((a, b) => a + b);
    return exps.map((e) => e / sum);
  }).flat();
}

for (const stored of cases) {
  it(`the context of ${stored.key} gives the probabilities of CoOp's logits`, async () => {
    const data = floats(stored, 'ctx0');
    const [nCtx, csc] = [stored.n_ctx, stored.class_specific];
    const prompt = { context: { data, shape: csc ? [7, nCtx, 64] : [nCtx, 64] }, nCtx, csc };
    const names = stored.classnames;
    const weights = await promptWeights(engine, text, tokenizer, prompt, stored.position, names);
    const { logitScale } = specOf(stored, 8);
    // A batch that the eight pictures do not fill evenly.
    const head = await ProbabilityHead.compile(engine, { weights, embedDim, logitScale }, 3);
    const found = await head.probabilities(floats(stored, 'image_features'));
    await head.dispose();
    // Logits of some ten, relative 2e-5: probabilities are off by their absolute error.
    const expected = softmax(floats(stored, 'logits'), 7, 7);
    const worst = Math.max(...expected.map((p, i) => Math.abs(p - found[i]!)));
    assert.ok(worst < 2e-4, `${worst}`);
  });
}

describe("a prompt file as CoOp's code saves it", () => {
  const unified = cases.find(({ key }) => key === 'end-unified-4-random')!;
  const specific = cases.find(({ key }) => key === 'middle-csc-4-random')!;

  it('gives its context, and its class names from the embeddings of their tokens', async () => {
    const prompt = await readPrompt(fixture('coop/prompt_learner/model.pth.tar-4'));
    assert.deepEqual(prompt.context, { data: floats(unified, 'ctx0'), shape: [4, 64] });
    assert.deepEqual([prompt.csc, prompt.position, prompt.backbone], [false, null, null]);
    assert.deepEqual(learnedClasses(prompt, vocabulary), ['dog', 'tiger cat', 'annual crop land']);
  });

  it("gives the probabilities of CoOp's logits for its classes", async () => {
    const prompt = await readPrompt(fixture('coop/prompt_learner/model.pth.tar-4'));
    const names = learnedClasses(prompt, vocabulary)!;
    const weights = await promptWeights(engine, text, tokenizer, prompt, 'end', names);
    const { logitScale } = specOf(unified, 8);
    const head = await ProbabilityHead.compile(engine, { weights, embedDim, logitScale }, 8);
    const found = await head.probabilities(floats(unified, 'image_features'));
    await head.dispose();
    const expected = softmax(floats(unified, 'logits'), 7, 3);
    assert.ok(Math.max(...expected.map((p, i) => Math.abs(p - found[i]!))) < 2e-4);
  });

  it('of half precision and class-specific, with names of marks and digits, is read too', async () => {
    const prompt = await readPrompt(fixture('coop/csc/model-best.pth.tar'));
    assert.deepEqual(prompt.context.shape, [5, 4, 64]);
    // float16 has 11 bits.
    assert.ok(relativeError(prompt.context.data, floats(specific, 'ctx0').slice(0, 5 * 4 * 64)) < 2 ** -11);
    const names = learnedClasses(prompt, vocabulary)!;
    assert.deepEqual(names.slice(3), ['f - 1 6 a / b', 'black - eyed susan']);
    // Case and spaces are gone, the tokens are the same.
    checkClasses(prompt, specific.classnames.slice(0, 5), names, tokenizer);
  });

  it('refuses other classes where each has its own context, and another order', async () => {
    const prompt = await readPrompt(fixture('coop/csc/model-best.pth.tar'));
    const names = learnedClasses(prompt, vocabulary)!;
    assert.throws(
      () => checkClasses(prompt, ['dog', 'cat'], names, tokenizer),
      /class names for .*expected: 5 classes.*found: +2/s,
    );
    assert.throws(
      () => checkClasses(prompt, [...names].reverse(), names, tokenizer),
      /expected: "dog" as class 0.*found: +"black - eyed susan"/s,
    );
  });

  it("is refused with another checkpoint's vocabulary", async () => {
    const prompt = await readPrompt(fixture('coop/prompt_learner/model.pth.tar-4'));
    const embeddings = vocabulary.embeddings.map((value) => value * 1.01);
    assert.throws(
      () => learnedClasses(prompt, { ...vocabulary, embeddings }),
      /expected: token embeddings of the given checkpoint.*row 0 of token_prefix/s,
    );
  });

  it('is what our own export gives: the same three tensors', async () => {
    const prompt = await readPrompt(fixture('coop/prompt_learner/model.pth.tar-4'));
    const names = unified.classnames.slice(0, 3);
    const tensors = coopFormTensors(prompt, names, tokenizer, vocabulary.embeddings, 77);
    const { prefix, suffix, length } = prompt.fixedTokens!;
    assert.equal(length, 72);
    assert.deepEqual(tensors.get('token_prefix'), { dtype: 'F32', shape: [3, 1, 64], data: prefix });
    assert.deepEqual(tensors.get('token_suffix'), { dtype: 'F32', shape: [3, 72, 64], data: suffix });
    const stored = readSafetensors(fixture('coop/tensors.safetensors'));
    assert.deepEqual(tensors.get('ctx'), stored.tensors.get(`${unified.key}/ctx0`));
  });
});
