import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readSafetensors, type StoredTensor } from '../../src/checkpoint/index.ts';
import { cases, text as weights } from '../methods/coop-case.ts';
import { relativeError } from '../relative-error.ts';
import { f32, fixture, floats, i64, SUITE, shapeOf, tensorCommand, workFolder } from './command.ts';

/** float32 on both sides; the order of sums differs. */
const TOLERANCE = 2e-5;
const folder = workFolder();
const checkpoint = fixture('checkpoints/vit.openai.safetensors');
const answers = readSafetensors(fixture('coop/tensors.safetensors'));
const stored = (key: string, name: string): StoredTensor => answers.tensors.get(`${key}/${name}`)!;
const storedFloats = (key: string, name: string) => floats(answers, `${key}/${name}`);

let lists = 0;
function namesFile(names: unknown): string {
  const path = join(folder, `names-${lists++}.json`);
  writeFileSync(path, JSON.stringify(names));
  return path;
}

function step(names: readonly string[], options: readonly string[], tensors: Record<string, StoredTensor>) {
  const given = ['--checkpoint', checkpoint, '--classnames', namesFile(names), ...options];
  return tensorCommand(folder, ['debug', 'coop-step', ...given], tensors);
}

const CASES = [
  ['end-unified-16-random', ['--position', 'end']],
  ['end-unified-4-words', ['--position', 'end', '--chunks', '2']],
  ['end-csc-4-random', ['--position', 'end', '--class-specific']],
  ['middle-unified-4-random', ['--position', 'middle', '--threads', '1']],
  ['middle-csc-16-random', ['--position', 'middle', '--class-specific', '--chunks', '3']],
  ['front-unified-16-random', ['--position', 'front', '--engine', 'reference']],
  ['front-csc-4-random', ['--position', 'front', '--class-specific']],
] as const;

/** Scaled cosines of B rows of `images` with the rows of `features`, E = 32; from the definition. */
function cosineLogits(images: Float32Array, features: Float32Array): number[] {
  const rows = (x: Float32Array) =>
    Array.from({ length: x.length / 32 }, (_, i) => Array.from(x.subarray(i * 32, (i + 1) * 32)));
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const scale = Math.exp(floats(readSafetensors(checkpoint), 'logit_scale')[0]!);
  return rows(images).flatMap((a) =>
    rows(features).map((b) => (scale * dot(a, b)) / Math.sqrt(dot(a, a) * dot(b, b))),
  );
}

function crossEntropy(logits: ArrayLike<number>, label: number): number {
  const row = Array.from(logits);
  const top = Math.max(...row);
  return top + Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0)) - row[label]!;
}

/** [m, 64] embeddings of tokens: a context that says words. */
const embeddings = (ids: readonly number[]): number[] =>
  ids.flatMap((id) => Array.from(weights.tokenEmbedding.attributes.data.subarray(id * 64, (id + 1) * 64)));

describe('coop-bench debug coop-step', SUITE, () => {
  for (const [key, options] of CASES) {
    it(`gives CoOp's logits, loss and gradient: ${key} ${options.slice(2).join(' ')}`, async () => {
      const { classnames, loss } = cases.find((c) => c.key === key)!;
      const answer = await step(classnames, options, {
        ctx: stored(key, 'ctx0'),
        image_features: stored(key, 'image_features'),
        labels: stored(key, 'labels'),
      });
      assert.equal(answer.code, 0, answer.stderr);
      const found = answer.contents();
      assert.deepEqual(shapeOf(found, 'logits'), [8, 7]);
      assert.deepEqual(shapeOf(found, 'loss'), []);
      assert.deepEqual(shapeOf(found, 'ctx_grad'), stored(key, 'ctx0').shape);
      assert.ok(relativeError(floats(found, 'logits'), storedFloats(key, 'logits')) < TOLERANCE);
      assert.ok(relativeError(floats(found, 'loss'), [loss]) < TOLERANCE);
      assert.ok(relativeError(floats(found, 'ctx_grad'), storedFloats(key, 'ctx_grad')) < TOLERANCE);
    });
  }

  it('takes one picture of a batch and three of the classes', async () => {
    const key = 'end-unified-4-random';
    const { classnames } = cases.find((c) => c.key === key)!;
    const answer = await step(classnames.slice(0, 3), ['--position', 'end'], {
      ctx: stored(key, 'ctx0'),
      image_features: f32([1, 32], storedFloats(key, 'image_features').subarray(5 * 32, 6 * 32)),
      labels: { dtype: 'I32', shape: [1], data: Int32Array.of(2) },
    });
    assert.equal(answer.code, 0, answer.stderr);
    const expected = storedFloats(key, 'logits').subarray(5 * 7, 5 * 7 + 3);
    assert.ok(relativeError(floats(answer.contents(), 'logits'), expected) < TOLERANCE);
    assert.ok(relativeError(floats(answer.contents(), 'loss'), [crossEntropy(expected, 2)]) < 10 * TOLERANCE);
  });

  for (const options of [
    ['--position', 'middle'],
    ['--position', 'front', '--class-specific'],
  ]) {
    it(`takes one class, for which nothing can be wrong: ${options.join(' ')}`, async () => {
      const key = `${options[1]}-${options.length > 2 ? 'csc' : 'unified'}-4-random`;
      const { classnames } = cases.find((c) => c.key === key)!;
      const ctx = storedFloats(key, 'ctx0').subarray(0, 4 * 64);
      const answer = await step(classnames.slice(0, 1), options, {
        ctx: f32(options.length > 2 ? [1, 4, 64] : [4, 64], ctx),
        image_features: stored(key, 'image_features'),
        labels: i64([8], new Array(8).fill(0)),
      });
      assert.equal(answer.code, 0, answer.stderr);
      const found = answer.contents();
      const expected = storedFloats(key, 'logits').filter((_, i) => i % 7 === 0);
      assert.ok(relativeError(floats(found, 'logits'), expected) < TOLERANCE);
      assert.ok(floats(found, 'loss')[0] === 0);
      assert.ok(floats(found, 'ctx_grad').every((value) => Math.abs(value) < 1e-6));
    });
  }

  // A context that holds the embeddings of words is a text, which the plain tower encodes.
  const [A, PHOTO, OF, DOG, CAT, STOP, SOT, EOT] = [320, 1125, 539, 1929, 2368, 269, 4094, 4095];
  const WORDS = [
    ['one vector in the middle', 'middle', [PHOTO], (name: number) => [name, PHOTO]],
    ['three vectors in the middle', 'middle', [A, PHOTO, OF], (name: number) => [A, name, PHOTO, OF]],
    ['three vectors in front', 'front', [A, PHOTO, OF], (name: number) => [name, A, PHOTO, OF]],
    ['one vector at the end', 'end', [A], (name: number) => [A, name]],
  ] as const;
  for (const [title, position, words, order] of WORDS) {
    it(`reads a context of words as the text it says: ${title}`, async () => {
      const images = storedFloats('end-unified-4-random', 'image_features');
      const tokens = [DOG, CAT].flatMap((name) => {
        const row = [SOT, ...order(name), STOP, EOT];
        return [...row, ...new Array(77 - row.length).fill(0)];
      });
      const [plain, answer] = await Promise.all([
        tensorCommand(folder, ['features', '--checkpoint', checkpoint], { tokens: i64([2, 77], tokens) }),
        step(['dog', 'cat'], ['--position', position], {
          ctx: f32([words.length, 64], embeddings(words)),
          image_features: f32([8, 32], images),
          labels: i64([8], [0, 1, 0, 1, 0, 1, 0, 1]),
        }),
      ]);
      assert.equal(answer.code, 0, answer.stderr);
      const expected = cosineLogits(images, floats(plain.contents(), 'text_features'));
      assert.ok(relativeError(floats(answer.contents(), 'logits'), expected) < TOLERANCE);
      assert.deepEqual(shapeOf(answer.contents(), 'ctx_grad'), [words.length, 64]);
    });
  }

  it('refuses a request that fits nothing, each time saying what and where', async () => {
    const key = 'end-unified-4-random';
    const good = {
      ctx: stored(key, 'ctx0'),
      image_features: stored(key, 'image_features'),
      labels: stored(key, 'labels'),
    };
    const names = cases.find((c) => c.key === key)!.classnames;
    const end = ['--position', 'end'];
    const wrong = [
      [names, ['--position', 'behind'], good, /--position.*end, middle, front/s],
      [[], end, good, /CLASSNAMES_UNREADABLE.*list of one or more class names/s],
      [names.slice(0, 2), end, good, /tensor "labels"\s+expected: labels from 0 to 1.*found: +\d at \d/s],
      [
        names,
        [...end, '--class-specific'],
        good,
        /tensor "ctx"\s+expected: \[7, M, 64\]\s+found: +\[4, 64\]/,
      ],
      [
        ['very '.repeat(80)],
        end,
        { ...good, labels: i64([8], new Array(8).fill(0)) },
        /PROMPT_TOO_LONG: prompt of "very .*at most 77 tokens/s,
      ],
      [
        names,
        end,
        { ...good, labels: f32([8], new Array(8).fill(0)) },
        /tensor "labels"\s+expected: an integer/,
      ],
      [
        names,
        end,
        { ctx: good.ctx, labels: good.labels },
        /TENSOR_MISSING.*expected: a tensor "image_features"/s,
      ],
      [names, end, { ...good, ctx: f32([1, 64], new Array(64).fill(Number.NaN)) }, /TENSOR_NOT_FINITE/],
    ] as const;
    const refused = wrong.map(async ([list, options, tensors, message]) => {
      const answer = await step(list, options, tensors as Record<string, StoredTensor>);
      assert.equal(answer.code, 2, answer.stderr);
      assert.match(answer.stderr, message);
    });
    await Promise.all(refused);
  });
});
