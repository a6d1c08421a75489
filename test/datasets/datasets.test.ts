import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  coveredLabels,
  DATASETS,
  datasetAdapter,
  fingerprintOf,
  ICON_SHIFTS,
  ICON_SUITE,
  loadDataset,
} from '../../datasets/index.ts';
import { UserError } from '../../src/config/errors.ts';
import type { Datum } from '../../src/data/dataset.ts';

function iconDatum(name: string, label: number): Datum {
  const [set, icon] = name.split(':');
  return { picture: { kind: 'icon', set, icon, name }, label };
}

test('the suite has eleven sets and four shifted styles, each under its own key', () => {
  assert.equal(ICON_SUITE.length, 11);
  assert.equal(ICON_SHIFTS.length, 4);
  for (const [key, adapter] of Object.entries(DATASETS)) assert.equal(adapter.key, key);
  for (const key of ICON_SUITE) assert.equal(datasetAdapter(key).targetOf, null, key);
  for (const key of ICON_SHIFTS) assert.equal(datasetAdapter(key).targetOf, 'icons', key);
});

test('every dataset loads with labels in range, known names, and no picture twice', async () => {
  for (const key of [...ICON_SUITE, ...ICON_SHIFTS]) {
    const dataset = await loadDataset(key);
    assert.equal(dataset.key, key);
    assert.equal(dataset.prompt, 'a photo of a {}.');
    const all = [...dataset.train, ...dataset.val, ...dataset.test];
    for (const { picture, label } of all) {
      assert.ok(Number.isInteger(label) && label >= 0 && label < dataset.classNames.length, picture.name);
      assert.ok(picture.kind === 'icon' && picture.name === `${picture.set}:${picture.icon}`);
    }
    assert.equal(new Set(all.map(({ picture }) => picture.name)).size, all.length, key);
  }
});

test('a source covers all of its classes, a shifted style a part of those of icons', async () => {
  const icons = await loadDataset('icons');
  for (const key of ICON_SUITE) {
    const dataset = await loadDataset(key);
    assert.deepEqual(coveredLabels(dataset), [...dataset.classNames.keys()], key);
  }
  for (const key of ICON_SHIFTS) {
    const target = await loadDataset(key);
    assert.deepEqual(target.classNames, icons.classNames, key);
    assert.equal(target.train.length + target.val.length, 0, key);
    const covered = coveredLabels(target);
    assert.ok(covered.length >= 60 && covered.length < icons.classNames.length, `${key}: ${covered.length}`);
    for (const { label } of target.test) assert.ok(covered.includes(label));
  }
  const emoji = await loadDataset('icons_emoji');
  const rocket = emoji.test.filter(({ label }) => emoji.classNames[label] === 'rocket');
  assert.deepEqual(rocket.map(({ picture }) => picture.name).sort(), ['fxemoji:rocket', 'twemoji:rocket']);
});

test('sets with a direction or letters among their classes do not allow mirroring', async () => {
  for (const key of ['icons', 'icons_arrows', 'icons_text', 'icons_media', 'icons_brands']) {
    assert.equal((await loadDataset(key)).mirrors, false, key);
  }
  for (const key of ICON_SUITE) {
    const { classNames, mirrors } = await loadDataset(key);
    const directed = classNames.some((name) => /\b(left|right|forward|back)\b/.test(name));
    assert.ok(!(directed && mirrors), key);
  }
});

test('a fingerprint is the SHA-256 of the canonical JSON of classes, pictures, labels, versions and mirroring', () => {
  const dataset = {
    classNames: ['home', 'star'],
    train: [iconDatum('feather:home', 0)],
    val: [],
    test: [iconDatum('bi:star', 1)],
    revision: { feather: '1.2.1', bi: '1.2.7' },
    mirrors: false,
  };
  const text =
    '{"classNames":["home","star"],"mirrors":false,"revision":[["bi","1.2.7"],["feather","1.2.1"]],' +
    '"test":[["bi:star",1]],"train":[["feather:home",0]],"val":[]}';
  assert.equal(fingerprintOf(dataset), createHash('sha256').update(text).digest('hex'));
  assert.notEqual(fingerprintOf({ ...dataset, classNames: ['house', 'star'] }), fingerprintOf(dataset));
  assert.notEqual(fingerprintOf({ ...dataset, revision: null }), fingerprintOf(dataset));
  assert.notEqual(fingerprintOf({ ...dataset, mirrors: true }), fingerprintOf(dataset));
});

test('a fingerprint is the same in another process, and differs between datasets', async () => {
  const program =
    "import('./datasets/index.ts').then((m) => m.loadDataset('icons')).then((d) => console.log(d.fingerprint))";
  const printed = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: new URL('../../', import.meta.url),
    encoding: 'utf8',
  });
  assert.equal(printed.trim(), (await loadDataset('icons')).fingerprint);
  const all = await Promise.all([...ICON_SUITE, ...ICON_SHIFTS].map((key) => loadDataset(key)));
  assert.equal(new Set(all.map(({ fingerprint }) => fingerprint)).size, all.length);
});

test('loading a dataset reads no icon set and takes well under a tenth of a second', async () => {
  const startedAt = performance.now();
  await loadDataset('icons');
  assert.ok(performance.now() - startedAt < 100);
});

test('an unknown dataset is refused with near names', async () => {
  await assert.rejects(loadDataset('icon_arows'), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.code, 'UNKNOWN_DATASET');
    assert.match(error.message, /icon_arows/);
    assert.match(error.message, /did you mean icons_arrows/);
    return true;
  });
  await assert.rejects(loadDataset('constructor'), { code: 'UNKNOWN_DATASET' });
});
