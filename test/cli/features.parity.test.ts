import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readSafetensors } from '../../src/checkpoint/index.ts';
import { relativeError } from '../relative-error.ts';
import {
  coopBench,
  f32,
  fixture,
  floats,
  i64,
  projectFile,
  SUITE,
  shapeOf,
  tensorCommand,
  workFolder,
} from './command.ts';

/** float32 on both sides; the order of sums differs. */
const TOLERANCE = 1e-5;
const folder = workFolder();
const vit = fixture('checkpoints/vit.openai.safetensors');
const expectedVit = readSafetensors(fixture('checkpoints/vit.expected.safetensors'));

const MODELS = [
  [vit, fixture('checkpoints/vit.expected.safetensors'), []],
  [
    fixture('checkpoints/rn.openai.safetensors'),
    fixture('checkpoints/rn.expected.safetensors'),
    ['--threads', '1'],
  ],
  ['icon-clip-rn', projectFile('models/icon-clip-rn.expected.safetensors'), []],
] as const;

describe('coop-bench features', SUITE, () => {
  for (const [checkpoint, given, options] of MODELS) {
    const title = [checkpoint.split('/').at(-1), ...options].join(' ');
    it(`gives the reference implementation's features: ${title}`, async () => {
      const answer = await tensorCommand(folder, ['features', '--checkpoint', checkpoint, ...options], given);
      assert.equal(answer.code, 0, answer.stderr);
      assert.equal(answer.stdout, '');
      const [found, expected] = [answer.contents(), readSafetensors(given)];
      assert.deepEqual([...found.tensors.keys()].sort(), ['image_features', 'text_features']);
      for (const name of ['image_features', 'text_features']) {
        assert.deepEqual(shapeOf(found, name), shapeOf(expected, name));
        assert.equal(found.tensors.get(name)?.dtype, 'F32');
        assert.ok(relativeError(floats(found, name), floats(expected, name)) < TOLERANCE, name);
      }
    });
  }

  it('takes more rows than a batch holds, and images alone', async () => {
    const one = floats(expectedVit, 'image');
    const pixels = one.length / 4;
    // 35 = 32 + 3: row i is picture i mod 4.
    const image = new Float32Array(35 * pixels);
    for (let i = 0; i < 35; i++)
      image.set(one.subarray((i % 4) * pixels, ((i % 4) + 1) * pixels), i * pixels);
    const answer = await tensorCommand(folder, ['features', '--checkpoint', vit], {
      image: f32([35, 3, 32, 32], image),
    });
    assert.equal(answer.code, 0, answer.stderr);
    const found = answer.contents();
    assert.deepEqual([...found.tensors.keys()], ['image_features']);
    const expected = floats(expectedVit, 'image_features');
    const repeated = Array.from({ length: 35 * 32 }, (_, j) => expected[j % (4 * 32)]!);
    assert.ok(relativeError(floats(found, 'image_features'), repeated) < TOLERANCE);
  });

  it('takes one row of 32-bit tokens on the reference engine, and ignores what stands behind the end of text', async () => {
    const row = Array.from(expectedVit.tensors.get('tokens')!.data as BigInt64Array, Number).slice(0, 77);
    const end = row.indexOf(4095);
    row.fill(17, end + 1);
    const tokens = { dtype: 'I32', shape: [1, 77], data: Int32Array.from(row) } as const;
    const exact = ['features', '--checkpoint', vit, '--engine', 'reference'];
    const answer = await tensorCommand(folder, exact, { tokens });
    assert.equal(answer.code, 0, answer.stderr);
    const expected = floats(expectedVit, 'text_features').subarray(0, 32);
    assert.ok(relativeError(floats(answer.contents(), 'text_features'), expected) < TOLERANCE);
  });

  it('takes no rows at all', async () => {
    const answer = await tensorCommand(folder, ['features', '--checkpoint', vit], {
      image: f32([0, 3, 32, 32], []),
      tokens: i64([0, 77], []),
    });
    assert.equal(answer.code, 0, answer.stderr);
    assert.deepEqual(shapeOf(answer.contents(), 'image_features'), [0, 32]);
    assert.deepEqual(shapeOf(answer.contents(), 'text_features'), [0, 32]);
  });

  it('encodes the pictures of a folder, leaves out a truncated one, and says which are in the file', async () => {
    const pictures = join(folder, 'pictures');
    mkdirSync(join(pictures, 'inner.png'), { recursive: true });
    for (const name of ['wide.png', 'photo.jpg', 'w.webp', 'expected.safetensors']) {
      copyFileSync(fixture(`preprocess/${name}`), join(pictures, name));
    }
    // By code point "\u{1F600}" comes last, in JavaScript's order before "\uFF41".
    copyFileSync(fixture('preprocess/gray.png'), join(pictures, '\u{1F600}.png'));
    copyFileSync(fixture('preprocess/rgba.png'), join(pictures, '\uFF41.PNG'));
    const whole = readFileSync(fixture('preprocess/progressive.jpg'));
    writeFileSync(join(pictures, 'half.jpg'), whole.subarray(0, whole.length / 2));
    const [out, pixels] = [join(folder, 'p.safetensors'), join(folder, 'pixels.safetensors')];
    const from = ['--images', pictures, '--out'];
    const [answer, preprocessed] = await Promise.all([
      coopBench(['features', '--checkpoint', 'icon-clip-rn', ...from, out]),
      coopBench(['preprocess', '--size', '64', ...from, pixels]),
    ]);
    assert.deepEqual([answer.code, preprocessed.code], [1, 1]);
    assert.match(answer.stderr, /left out: .*half\.jpg/);
    assert.match(preprocessed.stderr, /left out: .*half\.jpg/);
    const found = readSafetensors(out);
    const names = ['photo.jpg', 'w.webp', 'wide.png', '\uFF41.PNG', '\u{1F600}.png'];
    assert.deepEqual(JSON.parse(found.metadata.paths!), names);

    // The pixels are compared with Pillow's elsewhere; normalised here by the published mean and deviation.
    const { tensors } = readSafetensors(pixels);
    assert.deepEqual(new Set(tensors.keys()), new Set(names));
    const [mean, std] = [
      [0.48145466, 0.4578275, 0.40821073],
      [0.26862954, 0.26130258, 0.27577711],
    ];
    const image = names.flatMap((name) => {
      const data = tensors.get(name)!.data as Uint8Array;
      return [0, 1, 2].flatMap((c) =>
        Array.from({ length: 64 * 64 }, (_, i) => (data[3 * i + c]! / 255 - mean[c]!) / std[c]!),
      );
    });
    const again = await tensorCommand(folder, ['features', '--checkpoint', 'icon-clip-rn'], {
      image: f32([5, 3, 64, 64], image),
    });
    assert.ok(
      relativeError(floats(found, 'image_features'), floats(again.contents(), 'image_features')) < TOLERANCE,
    );
  });
});
