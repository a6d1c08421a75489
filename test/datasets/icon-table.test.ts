import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { PRETRAINING_FAMILIES, SHIFTED_STYLES } from '../../datasets/icons/sets.ts';
import { iconTable, parsePicture } from '../../datasets/icons/table.ts';
import { DATASETS, ICON_SHIFTS, ICON_SUITE } from '../../datasets/index.ts';

const require = createRequire(import.meta.url);
const table = iconTable();

/** Pictures of a dataset as [set, family, side, label, icon]. */
function picturesOf(key: string) {
  return Object.entries(table.datasets[key].pictures).flatMap(([set, own]) =>
    own.map((text) => ({ set, ...table.sets[set], ...parsePicture(text) })),
  );
}

test('a family of sets stands on one side only', () => {
  const sidesOf = new Map<string, Set<string>>();
  for (const { family, side } of Object.values(table.sets)) {
    sidesOf.set(family, (sidesOf.get(family) ?? new Set()).add(side));
  }
  for (const [family, sides] of sidesOf) assert.equal(sides.size, 1, `${family}: ${[...sides].join(', ')}`);
  // The families design teams share: forks and redrawings of one another.
  const together = [
    ['fa6-solid', 'la'],
    ['feather', 'lucide'],
    ['bx', 'bxs'],
    ['uil', 'uim', 'uis'],
  ];
  for (const sets of together) {
    assert.equal(new Set(sets.map((set) => table.sets[set].side)).size, 1, sets.join(', '));
  }
});

test('no set belongs to a family the tiny CLIP was trained on', () => {
  for (const set of Object.keys(table.sets)) {
    assert.ok(!PRETRAINING_FAMILIES.some((family) => family.test(set)), set);
  }
  const trainedOn =
    'tabler mdi ph fluent-mdl2 codicon material-symbols solar ri icon-park-outline streamline-flex noto';
  for (const set of trainedOn.split(' ')) {
    assert.ok(
      PRETRAINING_FAMILIES.some((family) => family.test(set)),
      `${set} is not recognised`,
    );
  }
});

test('the sets of the shifted styles hold no source picture, and the reverse', () => {
  const shifted = new Set<string>(Object.values(SHIFTED_STYLES).flat());
  for (const key of ICON_SUITE) {
    for (const set of Object.keys(table.datasets[key].pictures))
      assert.ok(!shifted.has(set), `${key}: ${set}`);
  }
  for (const key of ICON_SHIFTS) {
    const sets = Object.keys(table.datasets[key].pictures);
    assert.deepEqual(sets, [...SHIFTED_STYLES[key]].sort(), key);
  }
});

test('every class has at least the pictures its dataset states', () => {
  assert.equal(table.datasets.icons.minima?.train, 16);
  for (const key of ICON_SUITE) {
    const { classes, minima } = table.datasets[key];
    assert.ok(minima !== null && minima.train >= 6 && minima.testFamilies >= 2, key);
    const pictures = picturesOf(key);
    for (const [label, name] of classes.entries()) {
      const own = pictures.filter((picture) => picture.label === label);
      const train = own.filter(({ side }) => side === 'train');
      const tested = own.filter(({ side }) => side === 'test');
      assert.ok(train.length >= minima.train, `${key}, ${name}: ${train.length} train`);
      assert.ok(tested.length >= minima.test, `${key}, ${name}: ${tested.length} test`);
      const families = new Set(tested.map(({ family }) => family)).size;
      assert.ok(families >= minima.testFamilies, `${key}, ${name}: ${families} test families`);
    }
  }
});

test('the summaries state the counts of the table', () => {
  for (const [key, { summary }] of Object.entries(table.datasets)) {
    const pictures = picturesOf(key);
    const on = (...sides: string[]) => pictures.filter(({ side }) => sides.includes(side)).length;
    const counted = { train: on('train'), val: on('val'), test: on('test', 'shifted') };
    assert.deepEqual(
      { ...counted, classes: new Set(pictures.map(({ label }) => label)).size },
      { ...summary },
      key,
    );
  }
});

test('pictures are divided about 60, 12 and 28 in a hundred, the same way in every set', () => {
  for (const key of ICON_SUITE) {
    const { train, val, test: tested } = table.datasets[key].summary;
    const all = train + val + tested;
    assert.ok(train / all > 0.55 && train / all < 0.7, `${key}: ${train / all} train`);
    assert.ok(val / all > 0.08 && val / all < 0.16, `${key}: ${val / all} val`);
    assert.ok(tested / all > 0.22 && tested / all < 0.33, `${key}: ${tested / all} test`);
  }
});

test('the eleven sets have 12 to 40 classes, the general one more, and every name is readable and unique', () => {
  for (const key of ICON_SUITE) {
    const { classes } = table.datasets[key];
    assert.ok(classes.length >= 12 && (key === 'icons' || classes.length <= 40), `${key}: ${classes.length}`);
    assert.equal(new Set(classes).size, classes.length, key);
    for (const name of classes) assert.match(name, /^[a-zA-Z0-9][a-zA-Z0-9 -]*$/, key);
  }
  assert.ok(table.datasets.icons.classes.length >= 100);
  for (const known of ['home', 'shopping cart', 'arrow left', 'calendar']) {
    assert.ok(table.datasets.icons.classes.includes(known), known);
  }
});

test('a set gives a class one drawing, and a drawing one class of a dataset', () => {
  for (const key of Object.keys(DATASETS).filter((name) => name in table.datasets)) {
    const pictures = picturesOf(key);
    assert.equal(new Set(pictures.map(({ set, label }) => `${set} ${label}`)).size, pictures.length, key);
    assert.equal(new Set(pictures.map(({ set, icon }) => `${set} ${icon}`)).size, pictures.length, key);
  }
});

test('every set is installed in the version the table was made from, under a licence that permits it', () => {
  // SPDX names; nothing share-alike (SA), non-commercial (NC) or copyleft may appear here.
  const permitted = ['MIT', 'ISC', 'Apache-2.0', 'CC-BY-4.0', 'CC0-1.0', 'Unlicense'];
  const credits = readFileSync(new URL('../../datasets/icons/CREDITS.md', import.meta.url), 'utf8');
  for (const [set, { version }] of Object.entries(table.sets)) {
    const manifest = require(`@iconify-json/${set}/package.json`) as { version: string };
    assert.equal(manifest.version, version, set);
    const info = require(`@iconify-json/${set}/info.json`) as {
      license: { spdx: string };
      author: { name: string };
    };
    assert.ok(permitted.includes(info.license.spdx), `${set}: ${info.license.spdx}`);
    const row = credits.split('\n').find((line) => line.startsWith(`| ${set} | ${version} |`));
    assert.ok(row?.includes(info.author.name) && row.includes(`(${info.license.spdx})`), `credits of ${set}`);
  }
});

test('the committed table and credits are what the script makes of the packages', () => {
  const root = new URL('../../', import.meta.url);
  execFileSync(process.execPath, ['--import', 'tsx', 'datasets/icons/build-table.ts', '--check'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
});
