import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeTokens, tokenRows } from '../../src/clip/index.ts';
import * as ir from '../../src/ir/index.ts';
import { encodeTexts, normalizeRows, zeroShotWeights } from '../../src/methods/index.ts';
import { evaluate, onnxEngine } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';
import { text, tokenizer } from './coop-case.ts';

/** float32 against the float64 reference of the plain encoding. */
const TOLERANCE = 1e-5;
const engine = onnxEngine();
const DIM = text.projection.weight.shape[0]!;

/** Rows of texts encoded plainly in float64, each divided by its length. */
function unitFeatures(texts: readonly string[]): number[][] {
  // Rows as long as these texts need: what stands behind EOT does not matter.
  const length = 12;
  const rows = tokenRows(tokenizer, texts, length);
  const eot = Int32Array.from(texts, (_, n) => rows.indexOf(tokenizer.eot, n * length));
  const positions = text.positionalEmbedding.attributes.data.subarray(0, length * text.architecture.width);
  const short = {
    ...text,
    positionalEmbedding: ir.constant(positions, [length, text.architecture.width]),
  };
  const features = encodeTokens(
    ir.constant(rows, [texts.length, length]),
    ir.constant(eot, [texts.length]),
    short,
  );
  const values = evaluate(ir.makeGraph({ features }), {}).features!;
  return texts.map((_, n) => unit([...values.subarray(n * DIM, (n + 1) * DIM)]));
}

const unit = (row: readonly number[]): number[] => row.map((value) => value / Math.hypot(...row));

describe('zero-shot weights', () => {
  it('of one template are the normalised features of its texts', async () => {
    const weights = await zeroShotWeights(
      engine,
      text,
      tokenizer,
      ['dog', 'tiger_cat'],
      ['a photo of a {}.'],
    );
    const expected = unitFeatures(['a photo of a dog.', 'a photo of a tiger cat.']).flat();
    assert.ok(relativeError(weights, expected) < TOLERANCE);
  });

  it('of several templates are the normalised mean of normalised features', async () => {
    const weights = await zeroShotWeights(
      engine,
      text,
      tokenizer,
      ['dog', 'cat'],
      ['a photo of a {}.', 'art of the {}.', '{}'],
    );
    const [dog, cat] = ['dog', 'cat'].map((name) => {
      const features = unitFeatures([`a photo of a ${name}.`, `art of the ${name}.`, name]);
      return unit(features[0]!.map((_, e) => (features[0]![e]! + features[1]![e]! + features[2]![e]!) / 3));
    }) as [number[], number[]];
    assert.ok(relativeError(weights, [...dog, ...cat]) < TOLERANCE);
  });

  it('differ from the normalised mean of raw features: long features do not count more', async () => {
    const templates = ['a photo of a {}.', '{}'];
    const weights = await zeroShotWeights(engine, text, tokenizer, ['dog'], templates);
    const raw = await encodeTexts(engine, text, tokenizer, ['a photo of a dog.', 'dog']);
    const ofRaw = unit(Array.from({ length: DIM }, (_, e) => raw[e]! + raw[DIM + e]!));
    assert.ok(relativeError(weights, ofRaw) > 10 * TOLERANCE);
  });

  it('of one class are a single row of length 1', async () => {
    const weights = await zeroShotWeights(engine, text, tokenizer, ['dog'], ['{}']);
    assert.equal(weights.length, DIM);
    assert.ok(Math.abs(Math.hypot(...weights) - 1) < 1e-6);
  });
});

describe('normalizeRows', () => {
  it('divides every row by its own length, in place', () => {
    const rows = Float32Array.of(3, 4, 0, -2, 0.6, 0.8);
    assert.equal(normalizeRows(rows, 2), rows);
    assert.deepEqual(rows, Float32Array.of(0.6, 0.8, 0, -1, 0.6, 0.8));
  });
});
