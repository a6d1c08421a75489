import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { jpeg, put, putEuroSat } from '../cli/photographs.ts';
import { run as coopBench } from './command.ts';

const root = mkdtempSync(join(tmpdir(), 'coop-bench-grid-data-'));
after(() => rmSync(root, { recursive: true, force: true }));
const data = join(root, 'data');
const quick = ['--seeds', '1', '--epochs', '2', '--progress', 'none', '--cache', join(root, 'cache')];

/** Rows of a run's `cells.csv`. */
const cellRows = (out: string): Record<string, string>[] =>
  parse(readFileSync(join(out, 'cells.csv')), { columns: true });

/** ImageNet's layout and two of its variants, in a few classes. Two classes have one name, as "crane" in ImageNet. */
async function putImageNet(): Promise<void> {
  const ids = ['n01', 'n02', 'n03', 'n04'];
  const names = 'n01 crane\nn02 tabby cat\nn03 crane\nn04 sea lion\n';
  let seed = 0;
  const put1 = async (...path: string[]) => put(join(data, ...path), await jpeg(seed++));
  for (const [label, id] of ids.entries()) {
    for (let i = 1; i <= 6; i++) await put1('imagenet', 'images', 'train', id, `${id}_${i}.JPEG`);
    for (let i = 1; i <= 3; i++) await put1('imagenet', 'images', 'val', id, `val_${i}.JPEG`);
    for (let i = 1; i <= 2; i++)
      await put1('imagenetv2', 'imagenetv2-matched-frequency-format-val', String(label), `${i}.jpeg`);
  }
  for (const id of ['n02', 'n03'])
    for (let i = 1; i <= 5; i++) await put1('imagenet-rendition', 'imagenet-r', id, `art_${i}.jpg`);
  put(join(data, 'imagenet-rendition', 'imagenet-r', 'README.txt'), 'no class');
  for (const folder of ['imagenet', 'imagenetv2', 'imagenet-rendition'])
    put(join(data, folder, 'classnames.txt'), names);
}

before(async () => {
  await putEuroSat(data, 10);
  await putImageNet();
});

test('a grid with --data runs the sets of the paper that are found, with the methods of its figure', async () => {
  const out = join(root, 'fewshot');
  const args = ['bench', 'fewshot', '--data', data, '--shots', '1', '--out', out, '--json', ...quick];
  const { code, stdout, stderr } = await coopBench(args);
  assert.equal(code, 0, stderr);
  assert.equal((JSON.parse(stdout) as { failed: number }).failed, 0);
  const rows = cellRows(out);
  assert.deepEqual([...new Set(rows.map(({ dataset }) => dataset))], ['imagenet', 'eurosat']);
  assert.deepEqual(
    [...new Set(rows.map(({ method }) => method))],
    ['zeroshot', 'linear_probe', 'coop_m16_end', 'coop_m16_mid', 'coop_m16_end_csc', 'coop_m16_mid_csc'],
  );
  const settings = JSON.parse(rows.find(({ method }) => method === 'coop_m16_end')!.settings!) as {
    views: unknown;
  };
  assert.equal(settings.views, 'fresh');
  const probe = rows.find(({ dataset, method }) => dataset === 'imagenet' && method === 'linear_probe')!;
  // ImageNet has no validation list: its pictures are training pictures that were not drawn.
  assert.deepEqual([probe.train_pictures, probe.validation_pictures, probe.count], ['4', '4', '12']);
  // A second run finds everything.
  const again = await coopBench(args);
  assert.match(again.stdout, /"computed":0,"reused":12/);
  // The report is made again from the same words, and names each split.
  rmSync(join(out, 'index.html'));
  const words = ['--data', data, '--shots', '1', '--seeds', '1', '--epochs', '2', '--out', out];
  const report = await coopBench(['report', '--benchmark', 'fewshot', ...words]);
  assert.equal(report.code, 0, report.stderr);
  const page = readFileSync(join(out, 'index.html'), 'utf8');
  assert.match(page, /Splits: ImageNet: its own folders and lists; EuroSAT: its own annotations \(seed 1\)/);
});

test('a dry run says what each set costs on each model, and computes nothing', async () => {
  const args = ['bench', 'fewshot', '--data', data, '--dry-run', '--seeds', '1', '--progress', 'none'];
  const [text, json] = [await coopBench(args), await coopBench([...args, '--json'])];
  assert.deepEqual([text.code, json.code], [0, 0], text.stderr);
  assert.match(
    text.stdout,
    /\n +icon-clip-rn\nimagenet +\d+ (s|min)\neurosat +\d+ (s|min)\nall +\d+ (s|min)\n/,
  );
  const { cells, hours } = JSON.parse(json.stdout) as {
    cells: unknown[];
    hours: { dataset: string; cells: number; hours: number }[];
  };
  assert.equal(cells.length, 2 * (1 + 5 * 5));
  assert.deepEqual(
    hours.map(({ dataset, cells: count }) => [dataset, count]),
    [
      ['imagenet', 26],
      ['eurosat', 26],
    ],
  );
  assert.ok(hours.every((of) => of.hours > 0));
});

test('domain shift scores the variants that are found over their own classes', async () => {
  const out = join(root, 'shift');
  const args = ['bench', 'domainshift', '--data', data, '--shots', '1', '--methods', 'zeroshot,coop_m4_end'];
  const { code, stderr } = await coopBench([...args, '--out', out, '--views', '1', ...quick]);
  assert.equal(code, 0, stderr);
  const counts = cellRows(out).map(({ method, target, count }) => `${method} ${target} ${count}`);
  const of = (method: string) => [
    `${method} imagenet 12`,
    `${method} imagenetv2 8`,
    `${method} imagenet_r 10`,
  ];
  assert.deepEqual(counts, [...of('zeroshot'), ...of('coop_m4_end')]);
});

test('half of the classes makes cells of its own, and targets are refused beside it', async () => {
  const out = join(root, 'base');
  const args = ['--data', data, '--datasets', 'eurosat', '--methods', 'zeroshot', '--out', out, ...quick];
  for (const half of ['base', 'new']) {
    const { code, stderr } = await coopBench(['bench', 'fewshot', ...args, '--subsample', half]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      cellRows(out).map(({ classes, count }) => [classes, count]),
      [half === 'base' ? ['2', '6'] : ['1', '3']],
    );
  }
  const shift = await coopBench(['bench', 'domainshift', '--data', data, '--subsample', 'base', ...quick]);
  assert.equal(shift.code, 2);
  assert.match(shift.stderr, /BAD_OPTION: --subsample base/);
});

test('a record names the fingerprint of its split, and another split makes other cells', async () => {
  const out = join(root, 'fingerprint');
  const args = [
    'bench',
    'fewshot',
    '--data',
    data,
    '--datasets',
    'eurosat',
    '--methods',
    'zeroshot',
    '--out',
    out,
    ...quick,
  ];
  assert.equal((await coopBench(args)).code, 0);
  const key = cellRows(out)[0]!.key!;
  const record = JSON.parse(readFileSync(join(out, 'records', `${key}.json`), 'utf8')) as {
    cell: { dataset: { key: string; fingerprint: string } };
  };
  assert.match(record.cell.dataset.fingerprint, /^[0-9a-f]{64}$/);
  const added = join(data, 'eurosat', '2750', 'Forest', 'Forest_99.jpg');
  put(added, await jpeg(9999));
  assert.equal((await coopBench(args)).code, 0);
  assert.notEqual(cellRows(out)[0]!.key, key);
  rmSync(added);
});

test('sets that are asked for and are not there are refused before any work', async () => {
  const missing = await coopBench(['bench', 'fewshot', '--data', data, '--datasets', 'dtd', ...quick]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /DATASET_MISSING: dataset dtd/);
  const none = await coopBench(['bench', 'fewshot', '--data', join(root, 'cache'), ...quick]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /NO_DATASETS/);
  const unknown = await coopBench(['bench', 'fewshot', '--data', data, '--datasets', 'eurosats', ...quick]);
  assert.match(unknown.stderr, /UNKNOWN_DATASET: dataset 'eurosats'[\s\S]*did you mean eurosat/);
});
