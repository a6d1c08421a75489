import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { UserError } from '../../src/config/errors.ts';
import type { Split } from '../../src/data/dataset.ts';
import { checkTrainable } from '../../src/data/splits/check-split.ts';
import { formatSplitFile, parseSplitFile, readSplitFile } from '../../src/data/splits/split-file.ts';
import { pythonRound, splitByFractions, splitTrainVal } from '../../src/data/splits/split-rules.ts';

const rows = {
  train: [
    ['b/2.jpg', 1, 'chat à poil'],
    ['a/1.JPG', 0, 'dog'],
  ],
  val: [['a/3 x.jpg', 0, 'dog']],
  test: [['b/日本.png', 1, 'chat à poil']],
};
const text = JSON.stringify(rows);

const refused =
  (code: string, ...words: (string | RegExp)[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.match(error.message, typeof word === 'string' ? new RegExp(word) : word);
    return true;
  };

describe('a split file', () => {
  it('gives its rows in their order, with names as it writes them', () => {
    const split = parseSplitFile(`\ufeff${text}`, '/data/set', 'split.json');
    assert.deepEqual(split.classNames, ['dog', 'chat à poil']);
    assert.deepEqual(split.train[0], {
      picture: { kind: 'file', folder: '/data/set', name: 'b/2.jpg' },
      label: 1,
    });
    assert.equal(split.test[0]!.picture.name, 'b/日本.png');
  });

  it("is written byte for byte as Python's json writes it for CoOp", (t) => {
    const program =
      'import json, sys; print(json.dumps(json.load(sys.stdin), indent=4, separators=(",", ": ")), end="")';
    const made = spawnSync('python3', ['-c', program], { input: text, encoding: 'utf8' });
    if (made.error) return t.skip('no python3 here');
    assert.equal(formatSplitFile(parseSplitFile(text, '', 'split.json')), made.stdout);
    const noVal = JSON.stringify({ ...rows, val: [] });
    const again = spawnSync('python3', ['-c', program], { input: noVal, encoding: 'utf8' });
    assert.equal(formatSplitFile(parseSplitFile(noVal, '', 'split.json')), again.stdout);
  });

  const damages: readonly [string, string, ...RegExp[]][] = [
    ['text that is cut off', text.slice(0, 60), /split\.json/, /JSON/],
    ['a list instead of an object', '[]', /lists train, val and test/],
    ['a list that is missing', JSON.stringify({ train: [], test: [] }), /a list "val"/, /nothing/],
    ['a row of another shape', JSON.stringify({ ...rows, val: [['a.jpg', 0]] }), /val\[0\]/, /a list of 2/],
    ['a label that is text', JSON.stringify({ ...rows, val: [['a.jpg', '0', 'dog']] }), /val\[0\]/, /label/],
    ['a label below 0', JSON.stringify({ ...rows, val: [['a.jpg', -1, 'dog']] }), /val\[0\]/, /-1/],
    ['a label beyond all reason', JSON.stringify({ ...rows, val: [['a.jpg', 1e12, 'x']] }), /1000000000000/],
    ['an empty path', JSON.stringify({ ...rows, val: [['', 0, 'dog']] }), /with a path/],
    ['an empty class name', JSON.stringify({ ...rows, val: [['a.jpg', 0, ' ']] }), /with a class name/],
    [
      'a label of two names',
      JSON.stringify({ ...rows, val: [['a.jpg', 0, 'cat']] }),
      /one name everywhere, "dog"/,
      /"cat"/,
    ],
    [
      'a label that no picture has',
      JSON.stringify({ ...rows, val: [['a.jpg', 3, 'owl']] }),
      /no picture of label 2/,
    ],
  ];
  for (const [name, content, ...words] of damages) {
    it(`with ${name} is refused, and the place named`, () => {
      assert.throws(() => parseSplitFile(content, '', 'split.json'), refused('SPLIT_DAMAGED', ...words));
    });
  }

  it('that is a folder, or not there, is refused by its path', () => {
    const folder = fileURLToPath(new URL('.', import.meta.url));
    assert.throws(() => readSplitFile(folder, ''), refused('SPLIT_UNREADABLE', /found: +a folder/));
    const gone = join(folder, 'no-split.json');
    assert.throws(() => readSplitFile(gone, ''), refused('SPLIT_UNREADABLE', /no-split\.json/, /ENOENT/));
  });

  it('of 1000 random damages is read or refused clearly, and never otherwise', () => {
    const value = fc.oneof(
      fc.constant(rows),
      fc.json().map((json) => JSON.parse(json) as unknown),
    );
    const whole = value.map((content) => JSON.stringify(content));
    const damaged = fc
      .tuple(whole, fc.nat(), fc.nat(8), fc.string({ maxLength: 6 }))
      .map(([valid, at, length, put]) => {
        const place = at % (valid.length + 1);
        return valid.slice(0, place) + put + valid.slice(place + length);
      });
    const row = fc.tuple(
      fc.oneof(fc.string(), fc.integer()),
      fc.oneof(fc.nat(5), fc.double(), fc.string()),
      fc.oneof(fc.string(), fc.constant('dog')),
    );
    const lists = fc
      .record({ train: fc.array(row), val: fc.array(row), test: fc.array(row) })
      .map((o) => JSON.stringify(o));
    fc.assert(
      fc.property(fc.oneof(damaged, lists), (content) => {
        try {
          const split = parseSplitFile(content, '', 'split.json');
          for (const { label } of [...split.train, ...split.val, ...split.test])
            assert.equal(typeof split.classNames[label], 'string');
        } catch (error) {
          assert.ok(error instanceof UserError && error.code === 'SPLIT_DAMAGED', String(error));
          assert.match(error.message, /^split\.json.*\n {2}expected: .*\n {2}found: .*\n {2}try: .*$/);
        }
      }),
      { numRuns: 1000, seed: 5 },
    );
  });
});

describe('a split that is to be trained on', () => {
  const datum = (label: number) => ({ picture: { kind: 'file', folder: '', name: 'x' }, label }) as const;
  const split: Split = {
    classNames: ['cat', 'dog', 'owl'],
    train: [datum(0), datum(1), datum(2)],
    val: [],
    test: [datum(0)],
  };

  it('may lack validation pictures, and test pictures of a class', () => checkTrainable(split, 'set'));

  it('is refused with a class in val and not in train, with one class, and without test pictures', () => {
    const lacking = { ...split, train: [datum(0), datum(1)], val: [datum(2)] };
    assert.throws(
      () => checkTrainable(lacking, 'set'),
      refused('CLASS_NOT_IN_TRAIN', 'owl', 'val or test has'),
    );
    const one = { classNames: ['cat'], train: [datum(0)], val: [], test: [datum(0)] };
    assert.throws(() => checkTrainable(one, 'set'), refused('TOO_FEW_CLASSES', 'cat'));
    assert.throws(() => checkTrainable({ ...split, test: [] }, 'set'), refused('NO_TEST_PICTURES', 'set'));
  });
});

describe('the rules of splitting', () => {
  it("round as Python's round does", () => {
    // python3 -c "print([round(n * 0.5) for n in range(12)], [round(n * 0.2) for n in range(12)])"
    const range = Array.from({ length: 12 }, (_, n) => n);
    assert.deepEqual(
      range.map((n) => pythonRound(n * 0.5)),
      [0, 0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 6],
    );
    assert.deepEqual(
      range.map((n) => pythonRound(n * 0.2)),
      [0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2],
    );
  });

  it('refuse an empty class and one that is too small, by name', () => {
    const names = (i: number) => ['cat', 'dog'][i] as string;
    assert.throws(
      () => splitByFractions([[1, 2, 3, 4, 5], []], 'pets', names),
      refused('CLASS_TOO_SMALL', 'pets: dog', 'no picture'),
    );
    assert.throws(
      () => splitByFractions([[1, 2]], 'pets', names),
      refused('CLASS_TOO_SMALL', 'cat', '2 pictures'),
    );
    assert.throws(
      () =>
        splitTrainVal(
          [7, 7],
          (n) => n,
          'pets',
          () => 'owl',
        ),
      refused('CLASS_TOO_SMALL', 'owl', 'at least 3'),
    );
  });
});
