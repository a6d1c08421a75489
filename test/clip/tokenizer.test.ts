import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Tokenizer, tokenRows } from '../../src/clip/tokenizer.ts';
import { UserError } from '../../src/config/errors.ts';

const load = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));
const full = new Tokenizer();
const small = new Tokenizer(4096);

describe('Tokenizer against Python CLIP', () => {
  const cases = load<{ text: string; ids: number[]; ids_vocab4096: number[] }[]>('tokenizer/encode.json');
  it(`gives the ids of all ${cases.length} reference texts with both vocabularies`, () => {
    assert.ok(cases.length > 80);
    for (const { text, ids, ids_vocab4096: smallIds } of cases) {
      assert.deepEqual(full.encode(text), ids, text);
      assert.deepEqual(small.encode(text), smallIds, text);
    }
  });

  // Made by openai/CLIP's own tokenizer with fixtures/tokenizer/make.py.
  const hostile = load<{ text: string; ids: number[] }[]>('tokenizer/hostile.json');
  for (const { text, ids } of hostile) {
    it(`gives the ids of ${JSON.stringify(text.slice(0, 40))}`, () =>
      assert.deepEqual(full.encode(text), ids));
  }

  it('writes tokens as the reference’s nearest words do', () => {
    const rows = load<{ id: number; token: string }[][]>('coop/nearest_words.json');
    for (const { id, token } of rows.flat()) assert.equal(small.tokenOf(id), token);
  });
});

describe('Tokenizer', () => {
  it('puts start and end of text at the end of its vocabulary', () => {
    // openai/CLIP: 49406 and 49407.
    assert.deepEqual([full.sot, full.eot], [49406, 49407]);
    assert.deepEqual([small.sot, small.eot], [4094, 4095]);
    assert.equal(small.tokenOf(4095), '<|endoftext|>');
  });

  it('refuses a vocabulary that the merge table cannot make', () => {
    for (const size of [0, 513, 49409, 600.5, Number.NaN]) {
      assert.throws(
        () => new Tokenizer(size),
        (error) => error instanceof UserError && error.code === 'BAD_VOCABULARY',
      );
    }
    assert.deepEqual(
      new Tokenizer(514).encode('ab'),
      [64, 256 + 65],
      'bytes only: a, then b at a word’s end',
    );
  });

  it('decodes to the words, lower case, one space between', () => {
    assert.equal(
      full.decode(full.encode('A  photo of naïve 日本語, 42!')),
      'a photo of naïve 日本語 , 4 2 !',
    );
    assert.equal(
      full.decode([full.sot, ...full.encode('dog'), full.eot]),
      '<|startoftext|>dog <|endoftext|>',
    );
    assert.equal(full.decode([]), '');
    assert.throws(() => full.decode([49408]), RangeError);
    assert.throws(() => full.tokenOf(-1), RangeError);
  });

  it('round-trips letters of any script, whatever the vocabulary’s size', () => {
    const word = fc.stringMatching(/^\p{Ll}{1,12}$/u).filter((w) => {
      const plain = w.normalize('NFKC').toLowerCase();
      return plain === w && plain.normalize('NFC') === w;
    });
    fc.assert(
      fc.property(word, (text) => {
        for (const tokenizer of [full, small]) {
          assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
        }
      }),
    );
  });

  it('gives ids of its vocabulary for any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const ids = small.encode(text);
        assert.ok(ids.every((id) => Number.isInteger(id) && id >= 0 && id < 4096));
        assert.deepEqual(small.encode(text), ids);
      }),
    );
  });

  it('gives a caller a list of its own', () => {
    small.encode('dog').push(7);
    assert.deepEqual(small.encode('dog'), [1929]);
  });
});

describe('tokenRows', () => {
  it('frames each text with start and end and pads with zeros', () => {
    const rows = tokenRows(full, ['a photo of a dog.', ''], 9);
    assert.deepEqual(
      [...rows],
      [49406, 320, 1125, 539, 320, 1929, 269, 49407, 0, 49406, 49407, 0, 0, 0, 0, 0, 0, 0],
    );
  });

  it('takes 75 tokens and refuses 76, naming the text', () => {
    assert.equal(tokenRows(full, ['dog '.repeat(75)])[76], 49407);
    assert.throws(
      () => tokenRows(full, ['cat', 'dog '.repeat(76)]),
      (error) =>
        error instanceof UserError &&
        error.code === 'PROMPT_TOO_LONG' &&
        /"dog dog[\s\S]*76 tokens/.test(error.message),
    );
  });
});
