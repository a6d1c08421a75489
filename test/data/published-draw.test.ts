import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../src/config/errors.ts';
import type { Datum } from '../../src/data/dataset.ts';
import { drawFewShot } from '../../src/data/draw/few-shot.ts';
import { openPublishedDraws } from '../../src/data/draw/open-published-draws.ts';
import { matchPublishedDraw, readPublishedDraw } from '../../src/data/draw/published-draw.ts';
import { parseSplitFile } from '../../src/data/splits/split-file.ts';
import * as p from '../checkpoint/torch-parts.ts';

/** Operations by their bytes in Python's pickletools. */
const [LIST, NEW_OBJECT, POP] = [0x6c, 0x81, 0x30];
const [PUT_0, GET_0] = [Uint8Array.of(0x71, 0), Uint8Array.of(0x68, 0)];

const fixtures = fileURLToPath(new URL('../fixtures/pickle/', import.meta.url));
const file = (name: string): string => join(fixtures, name);
const split = parseSplitFile(readFileSync(file('split.json'), 'utf8'), '', 'split.json');
const expected: Record<string, { train: string[]; val: string[] }> = JSON.parse(
  readFileSync(file('expected.json'), 'utf8'),
);
const HOME = '/home/someone/data/oxford_pets/images/';
const named = (paths: readonly string[]): string[] => paths.map((path) => path.slice(HOME.length));
const names = (data: readonly Datum[]): string[] => data.map(({ picture }) => picture.name);

const root = mkdtempSync(join(tmpdir(), 'coop-bench-draw-'));
after(() => rmSync(root, { recursive: true, force: true }));

const refused =
  (code: string, ...words: RegExp[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };

describe("a draw that CoOp's code saved", () => {
  for (const name of ['shot_2-seed_1.pkl', 'protocol_2.pkl', 'protocol_4.pkl', 'slots.pkl']) {
    it(`is read from ${name}: paths and labels, in order`, () => {
      const { train, val } = readPublishedDraw(file(name));
      assert.deepEqual(
        { train: train.map(({ path }) => path), val: val!.map(({ path }) => path) },
        expected['1'],
      );
      assert.deepEqual(
        train.map(({ label }) => label),
        [2, 2, 0, 0, 1, 1],
      );
    });
  }

  it('of Windows, and of a class under its older name, is found in the same split', () => {
    const saved = readPublishedDraw(file('windows.pkl'));
    assert.match(saved.train[0]!.path, /^D:\/data\/oxford_pets\/images\/bea\/train_\d\.jpg$/);
    const { train, val } = matchPublishedDraw(saved, split, 'draw.pkl');
    assert.deepEqual(names(train.map((i) => split.train[i]!)), named(expected['1']!.train));
    assert.deepEqual(names(val!.map((i) => split.val[i]!)), named(expected['1']!.val));
  });

  it('is matched by the longest end of a path, and at slashes only', () => {
    const labelled = (name: string) => ({
      picture: { kind: 'file' as const, folder: '/here', name },
      label: 0,
    });
    const data = ['1.jpg', 'a/1.jpg', 'b/a/1.jpg', 'xa/1.jpg', '/d/9.jpg'].map(labelled);
    const found = (...paths: string[]) =>
      matchPublishedDraw(
        { train: paths.map((path) => ({ path, label: 0 })), val: null },
        { classNames: ['one'], train: data, val: [], test: [] },
        'd.pkl',
      ).train;
    assert.deepEqual(found('/d/b/a/1.jpg', '/d/c/a/1.jpg', '/d/xa/1.jpg', '/d/ya/1.jpg'), [2, 1, 3, 0]);
    assert.deepEqual(found('a/1.jpg', '/d/9.jpg'), [1, 4], 'a whole path');
    assert.throws(
      () => found('/d/11.jpg'),
      refused('DRAW_OF_OTHER_SPLIT', /11\.jpg/, /try: +remove the file/),
    );
    assert.throws(() => found(...'123456'), refused('DRAW_OF_OTHER_SPLIT', /at most 5 pictures/));
    assert.throws(() => found(''), refused('DRAW_OF_OTHER_SPLIT'));
  });

  it('may hold training pictures only', () =>
    assert.equal(readPublishedDraw(file('train_only.pkl')).val, null));

  it('is found in the split by the end of its paths', () => {
    const draw = matchPublishedDraw(readPublishedDraw(file('protocol_4.pkl')), split, 'draw.pkl');
    assert.deepEqual(names(draw.train.map((i) => split.train[i]!)), named(expected['1']!.train));
    assert.deepEqual(names(draw.val!.map((i) => split.val[i]!)), named(expected['1']!.val));
  });

  it('of another split is refused, with the picture', () => {
    const saved = readPublishedDraw(file('protocol_4.pkl'));
    const [first] = split.train;
    const lacking = {
      ...split,
      train: split.train.filter(({ picture }) => !saved.train[0]!.path.endsWith(picture.name)),
    };
    assert.throws(
      () => matchPublishedDraw(saved, lacking, 'd.pkl'),
      refused('DRAW_OF_OTHER_SPLIT', /d\.pkl: train\[0\]/, /someone/),
    );
    const relabelled = { ...split, train: split.train.map((datum) => ({ ...datum, label: 0 })) };
    assert.throws(
      () => matchPublishedDraw(saved, relabelled, 'd.pkl'),
      refused('DRAW_OF_OTHER_SPLIT', /of label 2/),
    );
    const twice = { train: [saved.train[0]!, saved.train[0]!], val: null };
    assert.throws(
      () => matchPublishedDraw(twice, split, 'd.pkl'),
      refused('DRAW_OF_OTHER_SPLIT', /second time/),
    );
    assert.ok(first);
  });

  it('that asks for a call is refused, and nothing is called', () => {
    assert.throws(
      () => readPublishedDraw(file('call.pkl')),
      refused('DRAW_DAMAGED', /train\[0\]/, /posix\.system|nt\.system/),
    );
  });

  it('is refused where it is no file, no draw or far too large, and in few words', () => {
    const write = (...value: p.Operations): string => {
      const path = join(root, 'odd.pkl');
      writeFileSync(path, p.pickle(...value));
      return path;
    };
    const list = (...items: p.Operations) => p.bytesOf(p.MARK, ...items, LIST);
    const datum = (...state: p.Operations) =>
      p.bytesOf(p.global('dassl.data.datasets', 'Datum'), p.EMPTY_TUPLE, NEW_OBJECT, ...state, p.BUILD);
    const draw = (...items: p.Operations) => p.dict(p.text('train'), list(...items));
    const state = (path: Buffer | number, label: Buffer) =>
      p.dict(p.text('_impath'), path, p.text('_label'), label);
    const refuses = (path: string, code: string, ...words: RegExp[]) =>
      assert.throws(() => readPublishedDraw(path), refused(code, ...words));

    refuses(join(root, 'nothing.pkl'), 'DRAW_DAMAGED', /no such file/);
    refuses(root, 'DRAW_DAMAGED', /a folder/);
    refuses('/dev/null', 'DRAW_DAMAGED', /not a plain file/);
    writeFileSync(join(root, 'hole.pkl'), '');
    truncateSync(join(root, 'hole.pkl'), 2 ** 31);
    refuses(join(root, 'hole.pkl'), 'DRAW_TOO_LARGE', /2147483648 bytes/);
    refuses(write(list()), 'DRAW_DAMAGED', /a dict with the lists/);
    refuses(write(p.dict(p.text('val'), list())), 'DRAW_DAMAGED', /a list train/);
    refuses(write(draw()), 'DRAW_DAMAGED', /in train[\s\S]*none/);
    refuses(write(draw(p.text('a.jpg'))), 'DRAW_DAMAGED', /train\[0\][\s\S]*"a\.jpg"/);
    refuses(write(draw(datum(state(p.NONE, p.integer(0))))), 'DRAW_DAMAGED', /_impath[\s\S]*None/);
    refuses(write(draw(datum(state(p.text('a'), p.text('0'))))), 'DRAW_DAMAGED', /_label[\s\S]*"0"/);
    refuses(write(draw(datum(list(p.NONE)))), 'DRAW_DAMAGED', /_impath[\s\S]*nothing/);
    refuses(write(p.text('an id'), p.PERSISTENT_ID), 'PICKLE_REFUSED', /BINPERSID/);
    // Of protocol 0.
    refuses(write(Buffer.from("S'text'\n")), 'PICKLE_REFUSED', /byte 2[\s\S]*STRING/);

    const path = write(draw(datum(state(p.text(`\x1b[2J/${'x/'.repeat(100_000)}`), p.integer(0)))));
    assert.throws(
      () => matchPublishedDraw(readPublishedDraw(path), split, path),
      (error) => error instanceof UserError && error.message.length < 1000 && !error.message.includes('\x1b'),
    );
  });

  it('takes no long for a file whose pictures share one large state', () => {
    const slots = Array.from({ length: 20_000 }, (_, i) => p.bytesOf(p.integer(i), p.NONE));
    const attributes = [p.text('_impath'), p.text('a.jpg'), p.text('_label'), p.integer(0)];
    const shared = p.bytesOf(p.tuple(p.NONE, p.dict(...slots, ...attributes)), PUT_0, POP);
    const datum = p.bytesOf(p.global('a', 'Datum'), p.EMPTY_TUPLE, NEW_OBJECT, GET_0, p.BUILD);
    const path = join(root, 'shared.pkl');
    const list = p.bytesOf(p.MARK, Buffer.alloc(datum.length * 20_000, datum), LIST);
    writeFileSync(path, p.pickle(shared, p.dict(p.text('train'), list)));
    const start = performance.now();
    assert.equal(readPublishedDraw(path).train.length, 20_000);
    assert.ok(performance.now() - start < 5_000);
  });

  it('goes before what the seed gives, and is named where they differ', () => {
    const folder = join(root, 'split_fewshot');
    mkdirSync(folder);
    const dataset = { key: 'pets', ...split };
    assert.equal(openPublishedDraws(join(root, 'nothing'), split), undefined);
    const publishedDraw = openPublishedDraws(folder, split)!;
    assert.equal(publishedDraw(2, 1), null);

    copyFileSync(file('shot_2-seed_1.pkl'), join(folder, 'shot_2-seed_1.pkl'));
    const same = drawFewShot({ ...dataset, publishedDraw }, 2, 1);
    assert.deepEqual(same, drawFewShot(dataset, 2, 1));
    assert.deepEqual([names(same.train), same.published], [named(expected['1']!.train), null]);

    copyFileSync(file('other.pkl'), join(folder, 'shot_2-seed_1.pkl'));
    const other = drawFewShot({ ...dataset, publishedDraw }, 2, 1);
    assert.deepEqual(names(other.train), named(expected['2']!.train));
    assert.deepEqual(names(other.val), named(expected['2']!.val));
    assert.match(other.published!, /^[0-9a-f]{64}$/);
    assert.equal(drawFewShot({ ...dataset, publishedDraw }, 2, 2).published, null, 'no file for seed 2');

    // Training pictures only: validation pictures are drawn from the dataset's list as ever.
    copyFileSync(file('train_only.pkl'), join(folder, 'shot_2-seed_1.pkl'));
    const trainOnly = drawFewShot({ ...dataset, publishedDraw }, 2, 1);
    assert.deepEqual(names(trainOnly.val), named(expected['1']!.val));
    assert.equal(trainOnly.published, null);
  });

  it('of 1000 random damages is read or refused clearly, and never otherwise', () => {
    const valid = readdirSync(fixtures)
      .filter((name) => name.endsWith('.pkl'))
      .map((name) => readFileSync(file(name)));
    const path = join(root, 'damaged.pkl');
    let state = 12345;
    const below = (n: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % n;
    };
    for (let i = 0; i < 1000; i++) {
      const bytes = Buffer.from(valid[i % valid.length]!);
      for (let change = 0; change <= below(3); change++) bytes[below(bytes.length)] = below(256);
      writeFileSync(path, below(4) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes);
      try {
        matchPublishedDraw(readPublishedDraw(path), split, path);
      } catch (error) {
        assert.ok(error instanceof UserError, String((error as Error).stack));
      }
    }
  });
});
