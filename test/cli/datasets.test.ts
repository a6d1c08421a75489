import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DATASETS, loadDataset } from '../../datasets/index.ts';
import { coopBench, SUITE } from './command.ts';

describe('coop-bench datasets', SUITE, () => {
  it('lists every dataset with its sizes, for a person and for a program', async () => {
    const [text, json] = await Promise.all([
      coopBench(['datasets', 'list']),
      coopBench(['datasets', 'list', '--json']),
    ]);
    assert.deepEqual([text.code, json.code], [0, 0]);
    const keys = Object.keys(DATASETS);
    const rows = text.stdout.trimEnd().split('\n');
    assert.deepEqual(
      rows.map((row) => row.split(' ')[0]),
      ['KEY', ...keys],
    );
    const listed = JSON.parse(json.stdout) as Record<string, unknown>[];
    assert.deepEqual(
      listed.map(({ key }) => key),
      keys,
    );
    const { classNames, train, val, test, title } = await loadDataset('icons');
    const { licence, homePage, citation, split, ...icons } = listed[0]!;
    assert.match(String(licence), /CREDITS\.md/);
    assert.deepEqual([homePage, citation], ['https://iconify.design', null]);
    assert.match(String(split), /table of the icon suite/);
    assert.deepEqual(icons, {
      key: 'icons',
      title,
      classes: classNames.length,
      train: train.length,
      val: val.length,
      test: test.length,
      targetOf: null,
      prompt: 'a photo of a {}.',
      state: 'embedded',
      folder: null,
      missing: [],
      problem: null,
    });
    assert.ok(rows[1]!.includes(`  ${train.length}  `) && rows[1]!.includes(`  ${test.length}  `));
  });

  it('samples K training and min(K, 4) validation pictures a class, the same for one seed', async () => {
    const args = ['datasets', 'sample', '--dataset', 'icons_arrows', '--shots', '5', '--seed'];
    const [json, again, other] = await Promise.all([
      coopBench([...args, '0', '--json']),
      coopBench([...args, '0']),
      coopBench([...args, '2', '--json']),
    ]);
    assert.equal(json.code, 0, json.stderr);
    const draw = JSON.parse(json.stdout) as { train: string[]; val: string[] };
    const { train, val, classNames } = await loadDataset('icons_arrows');
    for (const [drawn, from, shots] of [
      [draw.train, train, 5],
      [draw.val, val, 4],
    ] as const) {
      assert.equal(new Set(drawn).size, drawn.length);
      const labels = drawn.map((name) => from.find(({ picture }) => picture.name === name)!.label);
      const order = [...new Set(from.map(({ label }) => label))];
      const counts = order.map((k) => Math.min(shots, from.filter(({ label }) => label === k).length));
      assert.deepEqual(
        labels,
        order.flatMap((label, i) => new Array(counts[i]!).fill(label)),
      );
    }
    assert.notDeepEqual(JSON.parse(other.stdout), draw);
    const rows = again.stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));
    assert.deepEqual(
      rows.map(([split, name]) => `${split} ${name}`),
      [...draw.train.map((name) => `train ${name}`), ...draw.val.map((name) => `val ${name}`)],
    );
    assert.ok(rows.every(([, , label, name]) => classNames[Number(label)] === name));
  });

  it('gives all pictures, and says so, where no class has as many as asked for', async () => {
    const args = [
      'datasets',
      'sample',
      '--dataset',
      'icons_brands',
      '--shots',
      '9999',
      '--seed',
      '1',
      '--json',
    ];
    const { code, stdout, stderr } = await coopBench(args);
    const { train } = await loadDataset('icons_brands');
    assert.deepEqual([code, (JSON.parse(stdout) as { train: string[] }).train.length], [0, train.length]);
    assert.match(stderr, /no class of icons_brands has 9999 training pictures; the largest has \d+/);
  });

  it('refuses a target, which has no training pictures', async () => {
    const args = ['datasets', 'sample', '--dataset', 'icons_pixel', '--shots', '1', '--seed', '1'];
    const { code, stdout, stderr } = await coopBench(args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /NOT_A_SOURCE: --dataset icons_pixel/);
  });
});
