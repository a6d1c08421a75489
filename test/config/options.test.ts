import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parseEpochs,
  parseInteger,
  parseIntegers,
  parseList,
  parseShard,
  parseViews,
} from '../../src/config/index.ts';

describe('options are read as', () => {
  const readings: readonly (readonly [string, () => unknown, unknown])[] = [
    ['a list', () => parseList('datasets', 'icons, icons_text'), ['icons', 'icons_text']],
    ['a list of one', () => parseList('datasets', 'icons'), ['icons']],
    ['a whole number', () => parseInteger('workers', '3', 1), 3],
    ['the smallest number allowed, also 0', () => parseInteger('limit', '0', 0), 0],
    ['numbers', () => parseIntegers('shots', '16, 1,2', 1), [16, 1, 2]],
    ['fresh views', () => parseViews('fresh'), 'fresh'],
    ['a number of views', () => parseViews('8'), 8],
    ["the paper's epochs", () => parseEpochs('paper'), 'paper'],
    ["the suite's epochs", () => parseEpochs('suite'), 'suite'],
    ['a number of epochs', () => parseEpochs('5'), 5],
    ['a shard', () => parseShard('2/10'), { index: 2, count: 10 }],
    ['the only shard', () => parseShard('1/1'), { index: 1, count: 1 }],
  ];
  for (const [title, read, expected] of readings) {
    it(title, () => assert.deepEqual(read(), expected));
  }
});

describe('options are refused, naming the flag, what was expected and what was found', () => {
  const names = 'names separated by commas';
  const number = 'a whole number, at least 1';
  const shard = 'I/N with 1 ≤ I ≤ N';
  const refusals: readonly (readonly [string, string, string, (text: string) => unknown])[] = [
    ['datasets', '', names, (text) => parseList('datasets', text)],
    ['datasets', 'icons,', names, (text) => parseList('datasets', text)],
    ['datasets', 'icons, ,icons_text', names, (text) => parseList('datasets', text)],
    ['datasets', 'icons,icons', 'every name once', (text) => parseList('datasets', text)],
    ['datasets', 'icons, icons', 'every name once', (text) => parseList('datasets', text)],
    ['workers', '', number, (text) => parseInteger('workers', text, 1)],
    ['workers', '0', number, (text) => parseInteger('workers', text, 1)],
    ['workers', '-2', number, (text) => parseInteger('workers', text, 1)],
    ['workers', '1.5', number, (text) => parseInteger('workers', text, 1)],
    ['workers', '1e3', number, (text) => parseInteger('workers', text, 1)],
    ['workers', '0x10', number, (text) => parseInteger('workers', text, 1)],
    ['workers', 'two', number, (text) => parseInteger('workers', text, 1)],
    ['workers', '9007199254740993', number, (text) => parseInteger('workers', text, 1)],
    ['seeds', '1,two', number, (text) => parseIntegers('seeds', text, 1)],
    ['seeds', '1,1', 'every name once', (text) => parseIntegers('seeds', text, 1)],
    ['seeds', '1,01', 'every number once', (text) => parseIntegers('seeds', text, 1)],
    ['views', '0', number, parseViews],
    ['views', 'Fresh', number, parseViews],
    ['views', '10000000', 'fresh, or at most 1000', parseViews],
    ['epochs', '0', number, parseEpochs],
    ['epochs', 'papers', number, parseEpochs],
    ['shard', '0/2', shard, parseShard],
    ['shard', '3/2', shard, parseShard],
    ['shard', '1/0', shard, parseShard],
    ['shard', '1', shard, parseShard],
    ['shard', '1/2/3', shard, parseShard],
    ['shard', '-1/2', shard, parseShard],
  ];
  for (const [flag, text, expected, read] of refusals) {
    it(`--${flag} ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => read(text),
        (error) => {
          assert.ok(error instanceof Error && 'code' in error && error.code === 'BAD_OPTION');
          const [where, expectedLine, foundLine] = error.message.split('\n').map((line) => line.trim());
          assert.equal(where, `--${flag}`);
          assert.equal(expectedLine, `expected: ${expected}`);
          // Of a list, the item that was wrong is enough.
          const found = JSON.parse(foundLine!.replace(/^found: +/, '')) as string;
          assert.ok(text === found || text.split(',').includes(found), foundLine);
          return true;
        },
      );
    });
  }
});
