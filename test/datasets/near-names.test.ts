import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance, nearNames } from '../../src/config/near-names.ts';

test('edit distances equal textbook values', () => {
  // kitten/sitting and the swapped pair are the standard examples.
  const cases: [string, string, number][] = [
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['same', 'same', 0],
    ['ca', 'abc', 3],
  ];
  for (const [a, b, expected] of cases) assert.equal(editDistance(a, b), expected, `${a}, ${b}`);
});

test('near names come nearest first, whatever their case and separators', () => {
  const known = ['RN50', 'RN101', 'ViT-B/32', 'ViT-B/16'];
  assert.deepEqual(nearNames('rn5', known)[0], 'RN50');
  assert.deepEqual(nearNames('vit_b_32', known)[0], 'ViT-B/32');
  assert.deepEqual(nearNames('caltech', ['caltech101', 'dtd']), ['caltech101']);
});

test('nothing is suggested when nothing is near', () => {
  assert.deepEqual(nearNames('imagenet', ['dtd', 'eurosat']), []);
  assert.deepEqual(nearNames('x', []), []);
});
