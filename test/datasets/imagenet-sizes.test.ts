import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { coveredLabels, EMBEDDED_ONLY, inClassesOf, loadDataset } from '../../datasets/index.ts';
import { put } from '../cli/photographs.ts';

const dataRoot = mkdtempSync(join(tmpdir(), 'coop-bench-imagenet-'));
after(() => rmSync(dataRoot, { recursive: true, force: true }));
const options = { ...EMBEDDED_ONLY, dataRoot };

/** A thousand ids; `classnames.txt` has them in another order than their sorted folders. */
const IDS = Array.from({ length: 1000 }, (_, i) => `n${String(1_440_764 + 13_571 * i).padStart(8, '0')}`);
const LISTED = IDS.map((_, i) => IDS[(i * 7) % 1000]!);
/** 200 of them. */
const SOME = IDS.filter((_, i) => i % 5 === 3);

before(() => {
  put(join(dataRoot, 'imagenet', 'classnames.txt'), LISTED.map((id) => `${id} thing of ${id}\n`).join(''));
  for (const id of IDS) {
    put(join(dataRoot, 'imagenet', 'images', 'train', id, `${id}_1.JPEG`), '');
    put(join(dataRoot, 'imagenet', 'images', 'val', id, `ILSVRC2012_val_${id}.JPEG`), '');
  }
  const numbered = join(dataRoot, 'imagenetv2', 'imagenetv2-matched-frequency-format-val');
  for (const label of IDS.keys()) put(join(numbered, String(label), `${label}.jpeg`), '');
  for (const folder of [
    join('imagenet-adversarial', 'imagenet-a'),
    join('imagenet-rendition', 'imagenet-r'),
  ]) {
    for (const id of SOME) put(join(dataRoot, folder, id, '0.jpg'), '');
    put(join(dataRoot, folder, 'README.txt'), 'no class');
  }
});

test('folders 0 to 999 of ImageNetV2 are the lines of classnames.txt, by number and not by spelling', async () => {
  const source = await loadDataset('imagenet', options);
  assert.deepEqual([source.classIds, source.train.length, source.test.length], [IDS, 1000, 1000]);
  const target = inClassesOf(await loadDataset('imagenetv2', options), source);
  assert.equal(target.test.length, 1000);
  for (const { picture, label } of target.test) {
    const number = Number(picture.name.split('/')[0]);
    assert.equal(source.classIds![label], LISTED[number], picture.name);
    assert.equal(target.classNames[label], `thing of ${LISTED[number]}`);
  }
});

test('200 classes of ImageNet-A and -R keep their places among the thousand, and only they are scored', async () => {
  const source = await loadDataset('imagenet', options);
  for (const key of ['imagenet_a', 'imagenet_r']) {
    const own = await loadDataset(key, options);
    assert.deepEqual([own.classIds, own.classNames.length], [SOME, 200]);
    const target = inClassesOf(own, source);
    assert.deepEqual(
      target.test.map(({ picture, label }) => [picture.name, source.classIds![label]]),
      SOME.map((id) => [`${id}/0.jpg`, id]),
    );
    assert.deepEqual(
      coveredLabels(target),
      SOME.map((id) => IDS.indexOf(id)),
    );
  }
});
