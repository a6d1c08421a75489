import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { coopBench, SUITE } from './command.ts';
import { put, putEuroSat } from './photographs.ts';

const root = mkdtempSync(join(tmpdir(), 'coop-bench-data-'));
after(() => rmSync(root, { recursive: true, force: true }));
const cache = ['--cache', join(root, 'cache')];
let pictures: string[] = [];
before(async () => {
  pictures = await putEuroSat(join(root, 'whole'), 10);
  mkdirSync(join(root, 'whole', 'ucf101', 'UCF-101-midframes'), { recursive: true });
});

interface Listed {
  readonly key: string;
  readonly state: string;
  readonly train: number;
  readonly missing: readonly string[];
  readonly problem: string | null;
}

describe('coop-bench datasets with --data', SUITE, () => {
  it('lists what is found, what is missing, and where that comes from', async () => {
    const data = ['--data', join(root, 'whole'), ...cache];
    const [text, json] = await Promise.all([
      coopBench(['datasets', 'list', ...data]),
      coopBench(['datasets', 'list', ...data, '--json']),
    ]);
    assert.deepEqual([text.code, json.code], [0, 0], text.stderr);
    const row = (key: string) => text.stdout.split('\n').find((line) => line.startsWith(`${key} `)) ?? '';
    assert.match(row('eurosat'), / 3 +15 +6 +9 .*found: its own annotations \(seed 1\)/);
    assert.match(
      row('ucf101'),
      /incomplete: no split_zhou_UCF101\.json, .*; see CoOp's DATASETS\.md and https:\/\/www\.crcv\.ucf\.edu/,
    );
    assert.match(row('dtd'), / 47 +2820 +1128 +1692 .*dtd\/ from https:\/\/www\.robots\.ox\.ac\.uk/);
    const listed = JSON.parse(json.stdout) as Listed[];
    const eurosat = listed.find(({ key }) => key === 'eurosat')!;
    assert.deepEqual([eurosat.state, eurosat.train, eurosat.missing], ['found', 15, []]);
  });

  it('lists a damaged split as damaged, with the reason, and goes on', async () => {
    put(join(root, 'damaged', 'dtd', 'split_zhou_DescribableTextures.json'), '{"train": [');
    put(join(root, 'damaged', 'dtd', 'images', 'x.txt'), '');
    const { code, stdout } = await coopBench([
      'datasets',
      'list',
      '--data',
      join(root, 'damaged'),
      ...cache,
      '--json',
    ]);
    assert.equal(code, 0);
    const listed = JSON.parse(stdout) as Listed[];
    const dtd = listed.find(({ key }) => key === 'dtd')!;
    assert.equal(dtd.state, 'damaged');
    assert.match(dtd.problem!, /split_zhou_DescribableTextures\.json/);
    assert.equal(listed.find(({ key }) => key === 'eurosat')!.state, 'missing');
    const text = await coopBench(['datasets', 'list', '--data', join(root, 'damaged'), ...cache]);
    assert.match(text.stdout, /damaged: .*split_zhou_DescribableTextures\.json: .*JSON/);
  });

  it('refuses a folder that is not there, and one that is a dataset itself', async () => {
    const { code, stderr } = await coopBench(['datasets', 'list', '--data', join(root, 'nowhere')]);
    assert.equal(code, 2);
    assert.match(stderr, /DATA_MISSING: --data .*nowhere/);
    const itself = await coopBench(['datasets', 'check', '--data', join(root, 'whole', 'eurosat')]);
    assert.equal(itself.code, 2);
    assert.match(itself.stderr, /NO_DATASETS/);
  });

  it('checks pictures, sizes and contents, in words that can be pasted', async () => {
    const folder = join(root, 'checked');
    const own = await putEuroSat(folder, 10);
    const sound = await coopBench(['datasets', 'check', '--data', folder, '--deep', ...cache]);
    // Fewer pictures than published: that is a finding.
    assert.equal(sound.code, 1, sound.stderr);
    assert.match(
      sound.stdout,
      /PROBLEM eurosat \(EuroSAT\)\n {2}split {5}its own annotations \(seed 1\); fingerprint [0-9a-f]{12}/,
    );
    assert.match(sound.stdout, /classes +3 {2}published: 10\n {2}train +15 {2}published: 13500/);
    assert.match(sound.stdout, /pictures +30 {2}all there\n {2}decoded +30 {2}all readable\n {2}equal +0/);

    const made = await coopBench(['datasets', 'split', '--data', folder, '--dataset', 'eurosat', ...cache]);
    const split = JSON.parse(made.stdout) as Record<'train' | 'val' | 'test', [string, number, string][]>;
    const path = (name: string) => join(folder, 'eurosat', '2750', name);
    const [gone, cut, copied] = [split.val[0]![0], split.train[1]![0], split.test[2]![0]];
    put(
      join(folder, 'eurosat', 'split_zhou_EuroSAT.json'),
      JSON.stringify({ ...split, test: [...split.test, split.train[3]] }),
    );
    rmSync(path(gone));
    truncateSync(path(cut), 200);
    copyFileSync(path(split.train[0]![0]), path(copied));
    assert.ok(own.includes(path(gone)));

    const found = await coopBench(['datasets', 'check', '--data', folder, '--deep', ...cache]);
    assert.equal(found.code, 1);
    assert.ok(found.stdout.includes(`    val ${gone}: no such file\n`), found.stdout);
    assert.ok(found.stdout.includes(`    train ${cut}: `));
    assert.ok(found.stdout.includes(`    train ${split.train[0]![0]} = test ${copied}\n`));
    assert.ok(
      found.stdout.includes(
        `listed more than once\n    train ${split.train[3]![0]} = test ${split.train[3]![0]}\n`,
      ),
    );
    const json = await coopBench(['datasets', 'check', '--data', folder, '--json', ...cache]);
    const [checked] = JSON.parse(json.stdout) as {
      sound: boolean;
      pictures: { missing: unknown[]; decoded: number };
    }[];
    assert.deepEqual(
      [checked!.sound, checked!.pictures.missing.length, checked!.pictures.decoded],
      [false, 1, 0],
    );
  });

  it('finds nothing wrong with a theme of the icon suite', async () => {
    const { code, stdout } = await coopBench(['datasets', 'check', '--datasets', 'icons_nature', '--deep']);
    assert.equal(code, 0);
    assert.match(stdout, /^ok {6}icons_nature/);
    assert.match(stdout, /decoded +\d+ {2}all readable/);
  });

  it('writes a split only when asked, as CoOp does, and never over another', async () => {
    const folder = join(root, 'saved');
    await putEuroSat(folder, 7);
    const args = ['datasets', 'split', '--data', folder, '--dataset', 'eurosat', ...cache];
    const file = join(folder, 'eurosat', 'split_zhou_EuroSAT.json');
    const printed = await coopBench(args);
    assert.deepEqual([printed.code, existsSync(file)], [0, false], printed.stderr);
    const half = await coopBench([...args, '--subsample', 'base', '--save']);
    assert.deepEqual([half.code, existsSync(file)], [2, false]);
    assert.match(half.stderr, /BAD_OPTION: --save with --subsample base/);
    const saved = await coopBench([...args, '--save']);
    assert.deepEqual([saved.code, saved.stdout], [0, ''], saved.stderr);
    assert.equal(readFileSync(file, 'utf8'), printed.stdout);
    const again = await coopBench([...args, '--save']);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /SPLIT_EXISTS/);
    // Read back, it is the same split.
    assert.equal((await coopBench(args)).stdout, printed.stdout);
  });

  it('draws by any seed Python takes, of all classes or a half, without the pictures', async () => {
    const folder = join(root, 'split-only');
    const made = await coopBench([
      'datasets',
      'split',
      '--data',
      join(root, 'whole'),
      '--dataset',
      'eurosat',
      ...cache,
    ]);
    put(join(folder, 'eurosat', 'split_zhou_EuroSAT.json'), made.stdout);
    const args = [
      'datasets',
      'sample',
      '--data',
      folder,
      '--dataset',
      'eurosat',
      '--shots',
      '2',
      '--json',
      '--seed',
    ];
    const draw = async (...rest: string[]) => {
      const { code, stdout, stderr } = await coopBench([...args, ...rest]);
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout) as { train: string[]; val: string[] };
    };
    const [plain, negative, huge, base, rest] = await Promise.all([
      draw('7'),
      draw('-7'),
      draw('123456789012345678901234567890'),
      draw('7', '--subsample', 'base'),
      draw('7', '--subsample', 'new'),
    ]);
    // CPython takes the seed's absolute value.
    assert.deepEqual(negative, plain);
    assert.notDeepEqual(huge, plain);
    assert.deepEqual([...base.train, ...rest.train], plain.train);
    assert.deepEqual([...base.val, ...rest.val], plain.val);
    assert.deepEqual(
      base.train.map((name) => name.split('/')[0]),
      ['AnnualCrop', 'AnnualCrop', 'Forest', 'Forest'],
    );
    assert.equal(pictures.length, 30);
    const { code, stderr } = await coopBench([...args, 'seven']);
    assert.equal(code, 2);
    assert.match(stderr, /BAD_OPTION: --seed\n.*\n.*"seven"/);
  });
});
