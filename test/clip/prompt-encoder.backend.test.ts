import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadDataset } from '../../datasets/index.ts';
import {
  encodePrompts,
  encodeTokens,
  layOutPrompts,
  openCheckpoint,
  readTextWeights,
  type TextWeights,
  Tokenizer,
  textPrompts,
  tokenRows,
} from '../../src/clip/index.ts';
import * as ir from '../../src/ir/index.ts';
import { onnxEngine } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';

/** Both sides compute in float32; the order of sums differs. */
const TOLERANCE = 1e-5;

const engine = onnxEngine();

async function openText(name: string): Promise<TextWeights> {
  const checkpoint = await openCheckpoint(fileURLToPath(new URL(`../../${name}`, import.meta.url)));
  return readTextWeights(checkpoint.weights, checkpoint.architecture);
}

async function features(graph: ir.Graph): Promise<Float32Array> {
  const executable = await engine.compile(graph);
  const fetched = await executable.run({});
  await executable.dispose();
  return fetched.features!;
}

/** The texts encoded as whole rows of 77 places. */
function plainFeatures(text: TextWeights, texts: readonly string[]): Promise<Float32Array> {
  const length = text.architecture.contextLength;
  const rows = tokenRows(new Tokenizer(text.architecture.vocabSize), texts, length);
  const eot = Int32Array.from(texts, (_, n) => rows.indexOf(text.architecture.vocabSize - 1, n * length));
  const node = encodeTokens(
    ir.constant(rows, [texts.length, length]),
    ir.constant(eot, [texts.length]),
    text,
  );
  return features(ir.makeGraph({ features: node }));
}

async function assertPackedEqualsPlain(text: TextWeights, texts: readonly string[]): Promise<void> {
  const { vocabSize, contextLength } = text.architecture;
  const layout = layOutPrompts(textPrompts(new Tokenizer(vocabSize), texts, contextLength));
  const packed = await features(ir.makeGraph({ features: encodePrompts(layout, text, null) }));
  const plain = await plainFeatures(text, texts);
  assert.equal(packed.length, texts.length * text.projection.weight.shape[0]!);
  const error = relativeError(packed, plain);
  assert.ok(error < TOLERANCE, `relative error ${error}`);
}

/** A text of n tokens, each a word of its own. */
const longText = (n: number): string =>
  Array.from({ length: n }, (_, i) => 'cat dog a of'.split(' ')[i % 4]).join(' ');

describe('packed texts equal whole rows of 77', async () => {
  const text = await openText('test/fixtures/checkpoints/vit.openai.safetensors');
  const cases: Readonly<Record<string, readonly string[]>> = {
    'that share a beginning': ['a photo of a dog.', 'a photo of a cat.', 'a photo of the large black dog.'],
    'that share nothing': ['dog', 'a photo of a cat.', 'two'],
    'that differ in the last word only': ['a photo of a dog', 'a photo of a cat'],
    'one of which begins another': ['a photo', 'a photo of', 'a photo of a dog'],
    'out of order of length': ['a photo of a big cat.', 'cat', 'a dog', 'the photo of two dogs.', 'dog'],
    'one alone': ['a photo of a dog.'],
    'one of one token': ['dog'],
    'one without tokens': [''],
    'with and without tokens': ['', 'dog', ''],
    'that are identical': ['a photo of a dog.', 'a photo of a dog.', 'a photo of a dog.'],
    'that fill the context, and short ones': [longText(75), 'dog', `x ${longText(74)}`],
    'long ones that differ at the end': [`${longText(74)} cat`, `${longText(74)} dog`],
  };
  for (const [title, texts] of Object.entries(cases)) {
    it(`for texts ${title}`, () => assertPackedEqualsPlain(text, texts));
  }
});

describe('the embedded model', async () => {
  const text = await openText('models/icon-clip-rn.safetensors');

  it('gives the class names of the icon set the features of whole rows', async () => {
    const { classNames } = await loadDataset('icons');
    assert.ok(classNames.length > 90);
    await assertPackedEqualsPlain(
      text,
      classNames.map((name) => `a photo of a ${name}.`),
    );
  });
});
