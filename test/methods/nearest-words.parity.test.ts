import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { readSafetensors } from '../../src/checkpoint/safetensors.ts';
import { toFloat32 } from '../../src/checkpoint/safetensors-dtype.ts';
import { nearestWords } from '../../src/methods/nearest-words.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

function tensor(file: string, name: string): Float32Array {
  const stored = readSafetensors(fixture(file)).tensors.get(name);
  assert.ok(stored !== undefined, name);
  return toFloat32(stored);
}

/** PyTorch's cdist over the token embeddings; distances have four decimals. */
const expected = JSON.parse(readFileSync(fixture('coop/nearest_words.json'), 'utf8')) as {
  id: number;
  token: string;
  distance: number;
}[][];

test('the five nearest tokens of four vectors are those of the reference', () => {
  const found = nearestWords({
    vectors: tensor('coop/nearest_words.safetensors', 'ctx'),
    embeddings: tensor('checkpoints/vit.openai.safetensors', 'token_embedding.weight'),
    dim: 64,
    tokenOf: String,
    count: 5,
  });
  assert.deepEqual(
    found.map(({ position, words }) => [position, words.map(({ word }) => word)]),
    expected.map((words, position) => [position, words.map(({ id }) => String(id))]),
  );
  expected.forEach((words, m) => {
    words.forEach(({ distance }, i) => {
      assert.ok(Math.abs(found[m].words[i].distance - distance) <= 0.5001e-4);
    });
  });
});

test('equal distances keep the order of the vocabulary, and a small vocabulary gives all it has', () => {
  const [{ words }] = nearestWords({
    vectors: Float32Array.of(0, 0),
    embeddings: Float32Array.of(0, 5, 3, 4, -5, 0, 1, 0),
    dim: 2,
    tokenOf: (id) => `t${id}`,
    count: 10,
  });
  assert.deepEqual(words, [
    { word: 't3', distance: 1 },
    { word: 't0', distance: 5 },
    { word: 't1', distance: 5 },
    { word: 't2', distance: 5 },
  ]);
});

test('of many equal distances the lowest ids are kept', () => {
  const [{ words }] = nearestWords({
    vectors: Float32Array.of(0),
    embeddings: Float32Array.of(2, -2, 2, -2),
    dim: 1,
    tokenOf: String,
    count: 2,
  });
  assert.deepEqual(
    words.map(({ word }) => word),
    ['0', '1'],
  );
});

test('any number of vectors finds the rows that sorting all distances finds, ties and huge numbers included', () => {
  const number = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(1e-20, 0.1, 3e7, 1e18));
  const sizes = fc.record({ dim: fc.integer({ min: 1, max: 9 }), count: fc.integer({ min: 1, max: 6 }) });
  fc.assert(
    fc.property(sizes, fc.array(number, { maxLength: 400 }), fc.nat(11), ({ dim, count }, numbers, m) => {
      const rows = Math.floor(numbers.length / dim);
      const embeddings = Float32Array.from(numbers.slice(0, rows * dim));
      // Vectors are rows, shifted, so that distances tie.
      const vectors = Float32Array.from(
        { length: rows === 0 ? 0 : m * dim },
        (_, i) => numbers[i % numbers.length]!,
      );
      const expected = Array.from({ length: vectors.length / dim }, (_, v) =>
        Array.from({ length: rows }, (_, id) => {
          let square = 0;
          for (let j = 0; j < dim; j++) square += (vectors[v * dim + j]! - embeddings[id * dim + j]!) ** 2;
          return { word: String(id), distance: Math.sqrt(square) };
        })
          .sort((a, b) => a.distance - b.distance)
          .slice(0, count),
      );
      const found = nearestWords({ vectors, embeddings, dim, tokenOf: String, count });
      assert.deepEqual(
        found.map(({ words }) => words),
        expected,
      );
    }),
    { numRuns: 500, seed: 5 },
  );
});

test('rows of another width are refused', () => {
  const request = {
    vectors: new Float32Array(3),
    embeddings: new Float32Array(4),
    tokenOf: String,
    count: 1,
  };
  assert.throws(() => nearestWords({ ...request, dim: 2 }), RangeError);
});
