import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { UserError } from '../../src/config/errors.ts';
import type { Datum } from '../../src/data/dataset.ts';
import { picturePath } from '../../src/data/dataset.ts';
import { type OwnDataset, readOwnDataset } from '../../src/data/own/read-own-dataset.ts';
import { jpeg, put } from '../cli/photographs.ts';

const root = mkdtempSync(join(tmpdir(), 'coop-bench-own-'));
after(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

type Files = Readonly<Record<string, string | Buffer>>;

/** A new folder with these files; a path that ends in a picture's extension may have any content. */
function folderOf(files: Files): string {
  const folder = join(root, String(made++));
  for (const [name, content] of Object.entries(files)) put(join(folder, name), content);
  return folder;
}

const read = (path: string, flags: { prompt?: string; classNamesFile?: string } = {}): Promise<OwnDataset> =>
  readOwnDataset({ path, prompt: flags.prompt ?? null, classNamesFile: flags.classNamesFile ?? null }, null);

const refused =
  (code: string, ...words: RegExp[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };

const rowsOf = ({ classNames }: OwnDataset, data: readonly Datum[]): string[] =>
  data.map(({ picture, label }) => `${picture.name} ${classNames[label]}`);

/** `count` pictures of a class. */
const pictures = (folder: string, count: number): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${i}.jpg`, 'x']));

describe('a folder of one folder a class', () => {
  it('is cut into half, a fifth and the rest of every class, as the rules of the paper', async () => {
    const dataset = await read(
      folderOf({ ...pictures('owl', 10), ...pictures('cat', 5), '.hidden/0.jpg': 'x' }),
    );
    assert.deepEqual(dataset.classNames, ['cat', 'owl']);
    assert.match(dataset.splitSource, /half train/);
    // python3 -c "import random; g = random.Random(1); a = [f'{i}' for i in range(5)]; g.shuffle(a); print(a)
    // b = [f'{i}' for i in range(10)]; g.shuffle(b); print(b)"
    const shuffled = { cat: '23401', owl: '2640135897' };
    const order = (data: readonly Datum[], name: string) =>
      rowsOf(dataset, data)
        .filter((row) => row.endsWith(` ${name}`))
        .map((row) => /(\d)\.jpg/.exec(row)![1])
        .join('');
    for (const [name, [train, val]] of [
      ['cat', [2, 1]],
      ['owl', [5, 2]],
    ] as const) {
      const all = shuffled[name];
      assert.deepEqual(
        [dataset.train, dataset.val, dataset.test].map((data) => order(data, name)),
        [all.slice(0, train), all.slice(train, train + val), all.slice(train + val)],
        name,
      );
    }
  });

  it('keeps the splits its folders say, whatever their spelling', async () => {
    const dataset = await read(
      folderOf({
        ...pictures('Train/cat', 2),
        ...pictures('Train/owl', 1),
        ...pictures('valid/owl', 1),
        ...pictures('test/cat', 1),
      }),
    );
    assert.deepEqual(rowsOf(dataset, dataset.train), [
      'Train/cat/0.jpg cat',
      'Train/cat/1.jpg cat',
      'Train/owl/0.jpg owl',
    ]);
    assert.deepEqual(rowsOf(dataset, dataset.val), ['valid/owl/0.jpg owl']);
    assert.deepEqual(rowsOf(dataset, dataset.test), ['test/cat/0.jpg cat']);
  });

  it('with train and val only is tested on val, and says so', async () => {
    const dataset = await read(
      folderOf({ ...pictures('train/cat', 2), ...pictures('train/owl', 2), ...pictures('val/cat', 1) }),
    );
    assert.deepEqual([dataset.val.length, dataset.test.length], [0, 1]);
    assert.match(dataset.splitSource, /val serves as test/);
  });

  it('may have a class named train', async () => {
    const dataset = await read(folderOf({ ...pictures('train', 5), ...pictures('tram', 5) }));
    assert.deepEqual(dataset.classNames, ['train', 'tram']);
  });

  it('takes names of any script, spaces, upper-case extensions and symbolic links', async () => {
    const folder = folderOf({
      'train/chouette effraie/été 1.JPG': await jpeg(1),
      'train/ネコ/猫.JPEG': await jpeg(2),
      'test/ネコ/2.PNG': await jpeg(3),
      'elsewhere/real.jpg': await jpeg(4),
    });
    symlinkSync(join(folder, 'elsewhere', 'real.jpg'), join(folder, 'train', 'ネコ', 'link.jpg'));
    symlinkSync(join(folder, 'train', 'chouette effraie'), join(folder, 'test', 'chouette effraie'));
    const dataset = await read(folder);
    assert.deepEqual(dataset.classNames, ['chouette effraie', 'ネコ']);
    assert.deepEqual(
      [...dataset.train, ...dataset.test].map(({ picture }) => picture.name),
      [
        'train/chouette effraie/été 1.JPG',
        'train/ネコ/link.jpg',
        'train/ネコ/猫.JPEG',
        'test/chouette effraie/été 1.JPG',
        'test/ネコ/2.PNG',
      ],
    );
    const first = dataset.test[0]!.picture;
    assert.ok(first.kind === 'file' && picturePath(first) === join(folder, first.name));
  });

  it('takes title, prompt, mirroring and class names from dataset.json; flags win', async () => {
    const folder = folderOf({
      ...pictures('n02', 5),
      ...pictures('n01', 5),
      'dataset.json': JSON.stringify({
        title: 'Birds',
        prompt: '{}, a bird',
        classNames: { n01: 'robin', n02: 'owl' },
        mirrors: false,
        note: 'two',
      }),
      'names.txt': 'wren\nraven\n',
    });
    const { title, prompt, classNames, mirrors, note } = await read(folder);
    assert.deepEqual(
      [title, prompt, classNames, mirrors, note],
      ['Birds', '{}, a bird', ['robin', 'owl'], false, 'two'],
    );
    const flagged = await read(folder, { prompt: 'my {}.', classNamesFile: join(folder, 'names.txt') });
    assert.deepEqual([flagged.prompt, flagged.classNames], ['my {}.', ['wren', 'raven']]);
  });

  const refusals: readonly [string, Files, string, ...RegExp[]][] = [
    ['no class', { 'a.jpg': 'x' }, 'OWN_DATA', /a folder a class/],
    ['one class', pictures('cat', 9), 'TOO_FEW_CLASSES', /one: cat/],
    [
      'an empty class',
      { ...pictures('cat', 9), 'owl/notes.txt': 'x' },
      'OWN_DATA',
      /owl/,
      /pictures of the class/,
    ],
    [
      'folders within the folders of classes',
      { ...pictures('birds/owl', 5), ...pictures('cats/lynx', 5) },
      'OWN_DATA',
      /birds/,
      /none, but folders: owl/,
      /directly into the folder of their class/,
    ],
    [
      'train/ and no other split',
      { ...pictures('train/cat', 5), ...pictures('train/owl', 5) },
      'OWN_DATA',
      /folders: cat, owl/,
      /with test\/ or val\/ beside it/,
    ],
    [
      'a class too small to cut',
      { ...pictures('cat', 9), ...pictures('owl', 2) },
      'CLASS_TOO_SMALL',
      /owl/,
      /2 pictures/,
    ],
    [
      'a class in val and not in train',
      {
        ...pictures('train/cat', 2),
        ...pictures('train/dog', 2),
        ...pictures('val/owl', 2),
        ...pictures('test/cat', 1),
      },
      'CLASS_NOT_IN_TRAIN',
      /none of owl, which val or test has/,
    ],
    [
      'an unknown field in dataset.json',
      { ...pictures('cat', 5), ...pictures('owl', 5), 'dataset.json': '{"promt": "a {}"}' },
      'OWN_DATA',
      /"promt"/,
      /did you mean prompt\?/,
    ],
    [
      'a prompt without {}',
      { ...pictures('cat', 5), ...pictures('owl', 5), 'dataset.json': '{"prompt": "a photo"}' },
      'OWN_DATA',
      /one \{\} for the class name/,
    ],
    [
      'class names of folders that are not there',
      { ...pictures('cat', 5), ...pictures('owl', 5), 'dataset.json': '{"classNames": {"dog": "hound"}}' },
      'OWN_DATA',
      /dog/,
      /cat, owl/,
    ],
    [
      'two classes of one name',
      { ...pictures('barn_owl', 5), ...pictures('barn owl', 5) },
      'OWN_DATA',
      /different names/,
      /"barn owl"/,
    ],
    [
      'folders that are numbers, without names',
      { ...pictures('0', 5), ...pictures('1', 5) },
      'OWN_DATA',
      /numbers only: 0, 1/,
      /--class-names/,
    ],
  ];
  for (const [what, files, code, ...words] of refusals) {
    it(`is refused with ${what}`, () => assert.rejects(read(folderOf(files)), refused(code, ...words)));
  }

  it('is refused where it is not there, or packed', async () => {
    await assert.rejects(read(join(root, 'nowhere.zip')), refused('OWN_DATA', /unpack it/));
    const folder = folderOf({ 'a.parquet': 'x' });
    await assert.rejects(read(join(folder, 'a.parquet')), refused('OWN_DATA', /metadata\.jsonl/));
  });
});

describe('a table', () => {
  it('has columns path, label and split under any of their names, in any order and case', async () => {
    const folder = folderOf({
      'birds.csv':
        '\ufeffSplit,Class,File_Name\r\ntrain,barn owl,a/1.jpg\r\ntrain,"wren, house","b/2 ""x"".jpg"\r\n\r\nVALIDATION,barn owl,./a/3.jpg\r\ntest,barn owl,/abs/4.jpg\r\n',
    });
    const dataset = await read(join(folder, 'birds.csv'));
    assert.equal(dataset.title, 'birds');
    assert.deepEqual(dataset.classNames, ['barn owl', 'wren, house']);
    assert.deepEqual(rowsOf(dataset, dataset.train), ['a/1.jpg barn owl', 'b/2 "x".jpg wren, house']);
    assert.deepEqual(rowsOf(dataset, dataset.val), ['a/3.jpg barn owl']);
    const [test] = dataset.test;
    assert.deepEqual(test!.picture, { kind: 'file', folder: '', name: '/abs/4.jpg' });
  });

  it('may be separated by semicolons or tabs, and number its classes beside their names', async () => {
    const semicolons = folderOf({
      'a.csv': 'image;label;class_name;split\n1.jpg;0;owl;train\n2.jpg;1;cat;train\n3.jpg;1;cat;test\n',
    });
    assert.deepEqual((await read(join(semicolons, 'a.csv'))).classNames, ['owl', 'cat']);
    const tabs = folderOf({
      'a.tsv': 'path\tclass\tsplit\n1.jpg\towl\ttrain\n2.jpg\tcat\ttrain\n3.jpg\tcat\ttest\n',
    });
    assert.deepEqual((await read(join(tabs, 'a.tsv'))).classNames, ['cat', 'owl']);
  });

  it('of labels that are numbers takes their names from a list', async () => {
    const folder = folderOf({
      'a.csv': 'path,label,split\n1.jpg,1,train\n2.jpg,0,train\n3.jpg,1,test\n',
      'names.json': '["owl", "cat"]',
    });
    const dataset = await read(join(folder, 'a.csv'), { classNamesFile: join(folder, 'names.json') });
    assert.deepEqual(rowsOf(dataset, dataset.train), ['1.jpg cat', '2.jpg owl']);
  });

  it("is found in a folder, and in its splits' folders, as in Hugging Face's image folders", async () => {
    const whole = folderOf({
      'metadata.jsonl': ['train/1.jpg owl train', 'train/2.jpg cat train', 'x/3.jpg cat test']
        .map((row) => row.split(' '))
        .map(([file_name, label, split]) => `${JSON.stringify({ file_name, label, split })}\n`)
        .join('\n'),
    });
    const dataset = await read(whole);
    assert.deepEqual(rowsOf(dataset, dataset.train), ['train/1.jpg owl', 'train/2.jpg cat']);
    const parts = folderOf({
      'train/metadata.jsonl':
        '{"file_name": "1.jpg", "label": "owl"}\n{"file_name": "s/2.jpg", "label": "cat"}\n',
      'test/metadata.csv': 'file_name,label\n1.jpg,cat\n',
    });
    const split = await read(parts);
    assert.deepEqual(rowsOf(split, split.train), ['train/1.jpg owl', 'train/s/2.jpg cat']);
    assert.deepEqual(rowsOf(split, split.test), ['test/1.jpg cat']);
  });

  it('without a split is cut as a folder is', async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `${i}.jpg,${i % 2 === 0 ? 'owl' : 'cat'}\n`);
    const dataset = await read(join(folderOf({ 'a.csv': `path,label\n${lines.join('')}` }), 'a.csv'));
    assert.deepEqual([dataset.train.length, dataset.val.length, dataset.test.length], [10, 4, 6]);
  });

  const refusals: readonly [string, string, string, ...RegExp[]][] = [
    ['a column that is missing', 'a.csv', 'path,colour\n1.jpg,red\n', /a column label/, /"path", "colour"/],
    [
      'an unknown split',
      'a.csv',
      'path,label,split\n1.jpg,a,train\n2.jpg,b,holdout\n',
      /line 3/,
      /"holdout"/,
    ],
    [
      'a split on some lines only',
      'a.csv',
      'path,label,split\n1.jpg,a,train\n2.jpg,b,\n',
      /line 3/,
      /nothing/,
    ],
    ['a line of other columns', 'a.csv', 'path,label\n1.jpg,a,b\n', /line 2/],
    ['an open quote', 'a.csv', 'path,label\n"1.jpg,a\n', /a\.csv/],
    [
      'a picture listed twice',
      'a.csv',
      'path,label\n1.jpg,a\n./1.jpg,b\n',
      /line 3/,
      /"1\.jpg", which stands at .*line 2/,
    ],
    ['no line', 'a.csv', 'path,label\n', /a picture a line/],
    ['a line without a path', 'a.csv', 'path,label\n,a\n', /line 2/, /a path/],
    ['a label of two names', 'a.csv', 'path,label,class_name\n1.jpg,0,owl\n2.jpg,0,cat\n', /line 3/, /"owl"/],
    ['numbers and no names', 'a.csv', 'path,label\n1.jpg,0\n2.jpg,1\n', /numbers only/],
    [
      'a line that is no JSON',
      'a.jsonl',
      '{"file_name": "1.jpg", "label": "a"}\n{"file_name"\n',
      /line 2/,
      /a JSON object/,
    ],
    ['a line that is a list', 'a.jsonl', '["1.jpg", "a"]\n', /line 1/, /a JSON object/],
    [
      'a label that is no text',
      'a.jsonl',
      '{"file_name": "1.jpg", "label": {"a": 1}}\n',
      /line 1/,
      /for label/,
    ],
  ];
  for (const [what, name, text, ...words] of refusals) {
    it(`is refused with ${what}, by line`, () =>
      assert.rejects(read(join(folderOf({ [name]: text }), name)), refused('OWN_DATA', ...words)));
  }

  it('is refused in another encoding, with labels beyond the names, and beside a second table', async () => {
    const latin = folderOf({ 'a.csv': Buffer.from('path,label\n1.jpg,caf\u00e9\n', 'latin1') });
    await assert.rejects(read(join(latin, 'a.csv')), refused('OWN_DATA', /UTF-8/));
    const numbers = folderOf({ 'a.csv': 'path,label\n1.jpg,0\n2.jpg,7\n', 'names.txt': 'owl\ncat\n' });
    await assert.rejects(
      read(join(numbers, 'a.csv'), { classNamesFile: join(numbers, 'names.txt') }),
      refused('OWN_DATA', /up to 7/, /2 names/),
    );
    const two = folderOf({ 'metadata.csv': 'file_name,label\n', 'metadata.jsonl': '' });
    await assert.rejects(read(two), refused('OWN_DATA', /metadata\.jsonl and metadata\.csv/));
  });

  it('of 1000 random damages is read or refused clearly, and never otherwise', async () => {
    const csv = 'path,label,split\n1.jpg,owl,train\n"2 ""b"".jpg",cat,train\n3.jpg,cat,test\n4.jpg,owl,val\n';
    const jsonl = csv
      .split('\n')
      .slice(1, 4)
      .map((line, i) =>
        JSON.stringify({ file_name: `${i}.jpg`, label: line.length % 2 === 0 ? 'a' : 'b', split: 'train' }),
      )
      .join('\n');
    const settings = '{"title": "x", "prompt": "a {}", "classNames": {"owl": "barn owl"}, "mirrors": true}';
    const folder = folderOf({});
    const damaged = (text: string) =>
      fc
        .tuple(
          fc.nat(),
          fc.nat(6),
          fc.oneof(
            fc.string({ maxLength: 5 }),
            fc.constantFrom('"', '\n', ',', '{', '\u0000', '\ufeff', '💥'),
          ),
        )
        .map(([at, length, put]) => {
          const place = at % (text.length + 1);
          return text.slice(0, place) + put + text.slice(place + length);
        });
    const files = fc.oneof(
      fc.tuple(fc.constant('a.csv'), damaged(csv), fc.constant('{}')),
      fc.tuple(fc.constant('a.jsonl'), damaged(jsonl), fc.constant('{}')),
      fc.tuple(fc.constant('a.csv'), fc.constant(csv), damaged(settings)),
      fc.tuple(fc.constant('a.csv'), fc.string(), fc.json()),
    );
    await fc.assert(
      fc.asyncProperty(files, async ([name, text, small]) => {
        put(join(folder, name), text);
        put(join(folder, 'dataset.json'), small);
        try {
          const { classNames, train } = await read(join(folder, name));
          for (const { label } of train) assert.equal(typeof classNames[label], 'string');
        } catch (error) {
          assert.ok(error instanceof UserError, String((error as Error).stack));
          assert.match(error.message, /^.*\n {2}expected: .*\n {2}found: .*(\n {2}try: .*)?$/);
        }
      }),
      { numRuns: 1000, seed: 7 },
    );
  });
});
