import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coopPrompts, fillTemplate, readableName, Tokenizer, textPrompts } from '../../src/clip/index.ts';
import { CLASS_TOKEN_POSITIONS, type ClassTokenPosition } from '../../src/config/cell.ts';
import { UserError } from '../../src/config/errors.ts';

const tokenizer = new Tokenizer();

/** Ids of CLIP's vocabulary, as openai/CLIP's tokenizer gives them. */
const ID = { a: 320, photo: 1125, of: 539, dog: 1929, cat: 2368, st: 545, stop: 269, stops: 852, eot: 49407 };

/** Context vector m as a prompt element. */
const v = (m: number): number => -1 - m;

const promptOf = (className: string, nCtx: number, position: ClassTokenPosition): readonly number[] =>
  coopPrompts(tokenizer, [className], { nCtx, position, contextLength: 77 })[0]!;

describe('coopPrompts', () => {
  it('puts the context before, around and behind the class name; full stop and EOT stay last', () => {
    const end = [ID.stop, ID.eot];
    assert.deepEqual(promptOf('dog', 4, 'end'), [v(0), v(1), v(2), v(3), ID.dog, ...end]);
    assert.deepEqual(promptOf('dog', 4, 'middle'), [v(0), v(1), ID.dog, v(2), v(3), ...end]);
    assert.deepEqual(promptOf('dog', 4, 'front'), [ID.dog, v(0), v(1), v(2), v(3), ...end]);
  });

  it('puts ⌊M/2⌋ vectors before the name in the middle when M is odd', () => {
    assert.deepEqual(promptOf('dog', 5, 'middle'), [v(0), v(1), ID.dog, v(2), v(3), v(4), ID.stop, ID.eot]);
    assert.deepEqual(promptOf('dog', 1, 'middle'), [ID.dog, v(0), ID.stop, ID.eot]);
  });

  it('keeps a name of several words together', () => {
    const name = [ID.cat, ID.of, ID.a, ID.dog];
    assert.deepEqual(promptOf('cat of a dog', 2, 'middle'), [v(0), ...name, v(1), ID.stop, ID.eot]);
    assert.deepEqual(promptOf('cat of a dog', 2, 'front'), [...name, v(0), v(1), ID.stop, ID.eot]);
  });

  it('reads an underscore as a space', () => {
    assert.equal(readableName('tiger_cat_2'), 'tiger cat 2');
    for (const position of CLASS_TOKEN_POSITIONS) {
      assert.deepEqual(promptOf('cat_of_a_dog', 4, position), promptOf('cat of a dog', 4, position));
    }
  });

  // "St." alone is two tokens and "St.." is two as well, since ".." is one: the cut after two tokens takes both
  // full stops into the name and leaves EOT, so EOT stands one place further front than with other names.
  it('cuts a name that ends in punctuation where CoOp does: the merged full stop belongs to the name', () => {
    assert.deepEqual(promptOf('St.', 2, 'end'), [v(0), v(1), ID.st, ID.stops, ID.eot]);
    assert.deepEqual(promptOf('St.', 2, 'middle'), [v(0), ID.st, ID.stops, v(1), ID.eot]);
    assert.deepEqual(promptOf('St.', 2, 'front'), [ID.st, ID.stops, v(0), v(1), ID.eot]);
  });

  it('takes a name up to the context length and refuses a longer one, naming the class', () => {
    const names = (words: number) => ['dog', Array.from({ length: words }, () => 'cat').join('_')];
    const build = (words: number, position: ClassTokenPosition) =>
      coopPrompts(tokenizer, names(words), { nCtx: 16, position, contextLength: 77 });
    for (const position of CLASS_TOKEN_POSITIONS) {
      // SOT, 16 vectors, 58 words, full stop, EOT: 77.
      assert.equal(build(58, position)[1]!.length, 76);
      assert.throws(
        () => build(59, position),
        (error) => {
          assert.ok(error instanceof UserError);
          assert.equal(error.code, 'PROMPT_TOO_LONG');
          assert.match(error.message, /prompt of "cat_cat_/);
          assert.match(error.message, /expected: at most 77 tokens/);
          assert.match(error.message, /found: +78 tokens, 16 of them context/);
          assert.match(error.message, /try: +use fewer context vectors, or shorten the class name/);
          return true;
        },
      );
    }
  });
});

describe('textPrompts', () => {
  it('are the tokens of the text and EOT', () => {
    assert.deepEqual(textPrompts(tokenizer, ['a photo of a dog.', ''], 77), [
      [ID.a, ID.photo, ID.of, ID.a, ID.dog, ID.stop, ID.eot],
      [ID.eot],
    ]);
  });

  it('refuse a text that is too long, naming it', () => {
    assert.equal(textPrompts(tokenizer, ['dog dog dog'], 5)[0]!.length, 4);
    assert.throws(() => textPrompts(tokenizer, ['dog', 'dog dog dog cat'], 5), {
      code: 'PROMPT_TOO_LONG',
      message: /prompt of "dog dog dog cat"\n {2}expected: at most 5 tokens\n {2}found: +6 tokens\n/,
    });
  });
});

describe('fillTemplate', () => {
  it('puts every name into every place of the template', () => {
    assert.deepEqual(fillTemplate('a photo of a {}.', ['dog', 'tiger_cat']), [
      'a photo of a dog.',
      'a photo of a tiger cat.',
    ]);
    assert.deepEqual(fillTemplate('{} or {}', ['a_b']), ['a b or a b']);
  });

  it('takes names as they are, with no special meaning of "$"', () => {
    assert.deepEqual(fillTemplate('the {}.', ['$& note', "$' $1"]), ['the $& note.', "the $' $1."]);
  });
});
