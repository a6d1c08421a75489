import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { listClassFolders } from '../../src/data/folders/list-class-folders.ts';
import { pictureList } from '../../src/data/folders/picture-list.ts';
import { byCodePoint, isPictureName } from '../../src/data/folders/picture-names.ts';

const temporary = mkdtempSync(join(tmpdir(), 'coop-bench-folders-'));
after(() => rmSync(temporary, { recursive: true, force: true }));

let trees = 0;
/** A root with these files; a name that ends in a slash is an empty folder. */
function tree(...files: readonly string[]): string {
  const root = join(temporary, String(trees++));
  mkdirSync(root);
  for (const file of files) {
    const path = join(root, file);
    mkdirSync(file.endsWith('/') ? path : join(path, '..'), { recursive: true });
    if (!file.endsWith('/')) writeFileSync(path, '');
  }
  return root;
}

const list = (root: string, options: { ignored?: string[]; names?: string[] } = {}) =>
  listClassFolders(root, { cacheDir: null, ...options });

describe('listing folders of classes', () => {
  it('gives classes and their pictures by code point, whatever the order on the disk', async () => {
    const root = tree('b/2.jpg', 'b/10.jpg', 'b/1.jpg', 'a/x.png', 'C/y.gif', 'a b/z.jpg');
    assert.deepEqual(await list(root), [
      { name: 'C', pictures: ['y.gif'] },
      { name: 'a', pictures: ['x.png'] },
      { name: 'a b', pictures: ['z.jpg'] },
      { name: 'b', pictures: ['1.jpg', '10.jpg', '2.jpg'] },
    ]);
  });

  it('passes over files beside the folders, hidden and ignored folders, and what is no picture', async () => {
    const root = tree(
      'README.txt',
      'loose.jpg',
      '.git/a.jpg',
      'BACKGROUND_Google/a.jpg',
      'cat/.hidden.jpg',
      'cat/notes.txt',
      'cat/jpg',
      'cat/a.jpg.part',
      'cat/within.jpg/a.jpg',
      'cat/deeper/b.jpg',
      'cat/a.jpg',
    );
    const folders = await list(root, { ignored: ['BACKGROUND_Google'] });
    assert.deepEqual(folders, [{ name: 'cat', pictures: ['a.jpg'] }]);
  });

  it('takes every extension in any case, and spaces', async () => {
    const pictures = ['A.JPEG', 'a.bmp', 'b.Gif', 'c.JPG', 'd.png', 'e.TIF', 'f.tiff', 'g.WebP', 'h two.jpg'];
    const root = tree(...pictures.map((name) => `my cat/${name}`));
    assert.deepEqual(await list(root), [{ name: 'my cat', pictures }]);
  });

  // macOS takes both for one name.
  const oneName = process.platform === 'darwin';
  it('keeps composed and decomposed letters apart, as the disk does', { skip: oneName }, async () => {
    const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301'];
    const root = tree(
      `${composed}/1.jpg`,
      `${decomposed}/2.jpg`,
      `${decomposed}/\u00fc.jpg`,
      '猫/\u{1f408}.jpg',
    );
    assert.deepEqual(await list(root), [
      { name: decomposed, pictures: ['2.jpg', '\u00fc.jpg'] },
      { name: composed, pictures: ['1.jpg'] },
      { name: '猫', pictures: ['\u{1f408}.jpg'] },
    ]);
  });

  it('follows links to roots, folders and files', async () => {
    const store = tree('real/a.jpg', 'file.jpg');
    const root = tree('dog/own.jpg');
    symlinkSync(join(store, 'real'), join(root, 'cat'));
    symlinkSync(join(store, 'file.jpg'), join(root, 'dog', 'linked.jpg'));
    symlinkSync(join(store, 'file.jpg'), join(root, 'README.jpg'));
    const linked = join(temporary, 'linked-root');
    symlinkSync(root, linked);
    assert.deepEqual(await list(linked), [
      { name: 'cat', pictures: ['a.jpg'] },
      { name: 'dog', pictures: ['linked.jpg', 'own.jpg'] },
    ]);
  });

  it('gives an empty class without pictures, and an empty root without classes', async () => {
    assert.deepEqual(await list(tree('empty/', 'full/a.jpg')), [
      { name: 'empty', pictures: [] },
      { name: 'full', pictures: ['a.jpg'] },
    ]);
    assert.deepEqual(await list(tree()), []);
  });

  it('gives exactly the named folders in their order', async () => {
    const root = tree('10/a.jpg', '2/b.jpg', '0/c.jpg', 'other/d.jpg');
    const folders = await list(root, { names: ['0', '2', '10'] });
    assert.deepEqual(
      folders.map(({ name }) => name),
      ['0', '2', '10'],
    );
  });
});

describe('folders that cannot be listed', () => {
  const refused = (promise: Promise<unknown>, code: string, ...texts: readonly string[]) =>
    assert.rejects(promise, (error: Error) => {
      assert.equal('code' in error && error.code, code);
      for (const text of [...texts, 'expected:', 'found:', 'try:'])
        assert.ok(error.message.includes(text), text);
      return true;
    });

  it('names a missing root and a missing class', async () => {
    const root = tree('0/a.jpg');
    await refused(list(join(root, 'none')), 'FOLDER_MISSING', join(root, 'none'), 'one folder a class');
    await refused(list(join(root, 'none'), { names: ['0'] }), 'FOLDER_MISSING', 'one folder a class');
    await refused(list(root, { names: ['0', '1'] }), 'FOLDER_MISSING', join(root, '1'), 'class "1"');
  });

  it('does not take a link that leads nowhere for nothing: it may be a class', async () => {
    const root = tree('0/a.jpg');
    symlinkSync(join(root, 'unmounted'), join(root, '1'));
    await refused(list(root), 'FOLDER_MISSING', join(root, '1'));
  });

  it('says so of a file in the place of a folder, and of a link to itself', async () => {
    const root = tree('0/a.jpg', '1');
    await refused(list(join(root, '1')), 'FOLDER_UNREADABLE', 'a file');
    await refused(list(root, { names: ['0', '1'] }), 'FOLDER_UNREADABLE', join(root, '1'), 'a file');
    symlinkSync(join(root, '2'), join(root, '2'));
    await refused(list(root), 'FOLDER_UNREADABLE', join(root, '2'), 'leads to itself');
  });

  // The superuser may read everything.
  it('says so of a folder it may not read', { skip: process.getuid?.() === 0 }, async () => {
    const root = tree('0/a.jpg');
    mkdirSync(join(root, '1'), { mode: 0o000 });
    await refused(list(root), 'FOLDER_UNREADABLE', join(root, '1'), 'EACCES');
  });
});

describe('a list of labelled pictures', () => {
  it('has a path from the folder on and the label of its class, class by class', async () => {
    const root = tree('b/2.jpg', 'a/é.jpg', 'a/1.jpg');
    const data = pictureList('/data', 'train/', await list(root), (name) => ['b', 'a'].indexOf(name));
    assert.deepEqual(data, [
      { picture: { kind: 'file', folder: '/data', name: 'train/a/1.jpg' }, label: 1 },
      { picture: { kind: 'file', folder: '/data', name: 'train/a/é.jpg' }, label: 1 },
      { picture: { kind: 'file', folder: '/data', name: 'train/b/2.jpg' }, label: 0 },
    ]);
  });

  it('asks for a label once a class', () => {
    const asked: string[] = [];
    const labelOf = (name: string) => asked.push(name);
    pictureList(
      '',
      '',
      [
        { name: 'a', pictures: ['1.jpg', '2.jpg'] },
        { name: 'b', pictures: [] },
      ],
      labelOf,
    );
    assert.deepEqual(asked, ['a', 'b']);
  });
});

describe('names and their order', () => {
  it('knows a picture by its extension', () => {
    for (const name of ['a.jpg', 'a.b.JPEG', 'ü.TiFf', '-.webp']) assert.ok(isPictureName(name), name);
    for (const name of ['.jpg', '.a.jpg', 'jpg', 'ajpg', 'a.jpg ', 'a.jp', 'a.jpgx', 'a.svg', '']) {
      assert.ok(!isPictureName(name), name);
    }
  });

  const names = [
    'a',
    'A',
    '',
    'ab',
    'é',
    'e\u0301',
    '\uff41',
    '\ue000',
    '\ud7ff',
    '\u{1f408}',
    '\u{10000}',
    '\u{1f408}a',
    'a\u{1f408}',
    'a\uff41',
  ];

  it("is that of UTF-8's bytes", () => {
    const bytes = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.deepEqual([...names].sort(byCodePoint), bytes);
    assert.notDeepEqual([...names].sort(), bytes);
  });

  it("is that of Python's sorted", (context) => {
    const program = 'import json,sys;print(json.dumps(sorted(json.load(sys.stdin))))';
    let sorted: string;
    try {
      sorted = execFileSync('python3', ['-c', program], { input: JSON.stringify(names), encoding: 'utf8' });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return context.skip('no python3');
      throw error;
    }
    assert.deepEqual([...names].sort(byCodePoint), JSON.parse(sorted));
  });
});
