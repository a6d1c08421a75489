import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkPictures } from '../../src/data/check/check-pictures.ts';
import type { Datum, Split } from '../../src/data/dataset.ts';
import { jpeg, put } from '../cli/photographs.ts';

const folder = mkdtempSync(join(tmpdir(), 'coop-bench-check-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const data = (...names: readonly string[]): Datum[] =>
  names.map((name) => ({ picture: { kind: 'file', folder, name }, label: 0 }));

describe('a check of pictures', () => {
  before(async () => {
    const names = ['chouette effraie/été 1.JPG', 'ネコ/猫.JPEG', 'plain.jpg', 'other.jpg'];
    for (const [seed, name] of names.entries()) put(join(folder, name), await jpeg(seed));
    put(join(folder, 'twin.jpg'), await jpeg(2));
    put(join(folder, 'cut.jpg'), (await jpeg(7)).subarray(0, 60));
    put(join(folder, 'text.jpg'), 'no picture');
    put(join(folder, 'empty.jpg'), '');
    mkdirSync(join(folder, 'folder.jpg'));
    symlinkSync(join(folder, 'other.jpg'), join(folder, 'link.jpg'));
    symlinkSync(join(folder, 'ネコ'), join(folder, 'linked folder'));
    symlinkSync(join(folder, 'unmounted.jpg'), join(folder, 'nowhere.jpg'));
    symlinkSync(join(folder, 'loop.jpg'), join(folder, 'loop.jpg'));
  });

  const check = (split: Partial<Split>, deep = true) =>
    checkPictures({ classNames: ['one'], train: [], val: [], test: [], ...split }, { deep });

  it('finds nothing wrong with spaces, names of any script, extensions in any case, and links', async () => {
    const train = data('chouette effraie/été 1.JPG', 'link.jpg', 'linked folder/猫.JPEG');
    assert.deepEqual(await check({ train }), {
      pictures: 3,
      missing: [],
      decoded: 3,
      unreadable: [],
      listedTwice: [],
      sameContent: [],
    });
  });

  it('says of every missing picture why, in the order of the lists', async () => {
    const train = data('absent.jpg', 'plain.jpg', 'empty.jpg', 'plain.jpg/inner.jpg');
    const { missing, decoded } = await check({ train, test: data('nowhere.jpg', 'loop.jpg', 'folder.jpg') });
    assert.deepEqual(
      missing.map(({ part, name, reason }) => `${part} ${name}: ${reason}`),
      [
        'train absent.jpg: no such file',
        'train empty.jpg: an empty file',
        'train plain.jpg/inner.jpg: no such file',
        'test nowhere.jpg: a link that leads nowhere',
        'test loop.jpg: ELOOP',
        'test folder.jpg: not a file',
      ],
    );
    assert.equal(decoded, 1);
  });

  it('finds a cut-off JPEG and a file that is no picture only when it decodes, and repeats no reason', async () => {
    const train = data('cut.jpg', 'text.jpg', 'plain.jpg');
    assert.deepEqual((await check({ train }, false)).unreadable, []);
    const { unreadable, missing } = await check({ train });
    assert.deepEqual([missing, unreadable.map(({ name }) => name)], [[], ['cut.jpg', 'text.jpg']]);
    const reasons = unreadable[0]!.reason.split('; ');
    assert.match(reasons.join(), /VipsJpeg/);
    assert.ok(reasons.every((reason, i) => !reasons.some((other, j) => i !== j && other.endsWith(reason))));
  });

  it('tells a picture that is listed twice from two pictures of one content', async () => {
    const found = await check({
      train: data('plain.jpg', 'other.jpg'),
      val: data('other.jpg'),
      test: data('twin.jpg', 'link.jpg'),
    });
    const pairs = (list: typeof found.listedTwice) =>
      list.map(({ first, second }) => `${first.part} ${first.name} = ${second.part} ${second.name}`);
    assert.deepEqual(pairs(found.listedTwice), ['train other.jpg = val other.jpg']);
    assert.deepEqual(pairs(found.sameContent), [
      'train plain.jpg = test twin.jpg',
      'train other.jpg = test link.jpg',
    ]);
  });
});
