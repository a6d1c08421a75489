import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { loadDataset } from '../../datasets/index.ts';
import { readSafetensors } from '../../src/checkpoint/index.ts';
import type { CellRecord } from '../../src/config/index.ts';
import { loadPicture } from '../../src/data/index.ts';
import { run, temporaryFolder } from './command.ts';

const DATASET = 'icons_nature';
const METHODS = ['zeroshot', 'coop_m4_end', 'coop_m4_mid_csc'];

type OkRecord = Extract<CellRecord, { status: 'ok' }>;

const recordsOf = (out: string): OkRecord[] =>
  readdirSync(join(out, 'records')).map(
    (name) => JSON.parse(readFileSync(join(out, 'records', name), 'utf8')) as OkRecord,
  );

const gridArgs = (folder: string): string[] => [
  ...['bench', 'fewshot', '--datasets', DATASET, '--methods', METHODS.join(), '--shots', '2', '--seeds', '1'],
  ...[
    '--epochs',
    '5',
    '--views',
    '2',
    '--out',
    join(folder, 'out'),
    '--cache',
    join(folder, 'cache'),
    '--json',
  ],
];

/** Writes the test pictures as files; gives the class of each by file name. */
async function writePictures(folder: string): Promise<Map<string, string>> {
  const { test: pictures, classNames } = await loadDataset(DATASET);
  mkdirSync(folder);
  const classOf = new Map<string, string>();
  for (const [i, { picture, label }] of pictures.entries()) {
    const { width, height, data } = await loadPicture(picture, 64);
    const name = `${String(i).padStart(4, '0')}.png`;
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(join(folder, name));
    classOf.set(name, classNames[label]!);
  }
  return classOf;
}

test('a grid keeps its prompts, and they predict from picture files what its records counted', async (t) => {
  const folder = temporaryFolder(t);
  const grid = await run(gridArgs(folder));
  assert.equal(grid.code, 0, grid.stderr);
  const out = join(folder, 'out');
  const records = recordsOf(out);
  const learned = records.filter(({ cell }) => cell.method.kind === 'coop');
  assert.deepEqual(
    readdirSync(join(out, 'prompts')).sort(),
    learned.map(({ key }) => `${key}.safetensors`).sort(),
  );
  const pictures = join(folder, 'pictures');
  const classOf = await writePictures(pictures);
  const { classNames } = await loadDataset(DATASET);

  for (const { key, cell, result } of records) {
    const written = ['--template', 'a photo of a {}.', '--classnames', classNames.join()];
    const prompt = ['--prompt', join(out, 'prompts', `${key}.safetensors`)];
    const how = cell.method.kind === 'coop' ? prompt : written;
    const { code, stdout, stderr } = await run(['predict', ...how, '--images', pictures, '--top', '3']);
    assert.equal(code, 0, stderr);
    const rows: Record<string, string>[] = parse(stdout, { columns: true });
    assert.deepEqual(
      rows.map(({ path }) => path),
      [...classOf.keys()],
    );
    const correct = rows.filter(({ path, class_1 }) => class_1 === classOf.get(path!)).length;
    assert.equal(correct, result.scores[0]!.correct, cell.method.key);
    for (const row of rows) {
      const [first, second, third] = [1, 2, 3].map((rank) => Number(row[`probability_${rank}`]));
      assert.ok(first! >= second! && second! >= third! && first! <= 1, JSON.stringify(row));
    }
  }

  await t.test("handed on in CoOp's form, they predict the same", async () => {
    for (const { key, cell } of learned) {
      const own = join(out, 'prompts', `${key}.safetensors`);
      const exported = join(folder, `exported ${cell.method.key}`);
      const { code, stderr } = await run(['prompt', 'export', '--prompt', own, '--out', exported]);
      assert.equal(code, 0, stderr);
      assert.deepEqual(readdirSync(join(exported, 'prompt_learner')), ['model.pth.tar-5']);
      const position = String(cell.method.position);
      const how = ['--prompt', exported, '--checkpoint', 'icon-clip-rn', '--position', position];
      const answers = await Promise.all(
        [['--prompt', own], how].map((from) => run(['predict', ...from, '--images', pictures, '--json'])),
      );
      assert.equal(answers[1]!.stdout, answers[0]!.stdout, answers[1]!.stderr);
    }
  });

  await t.test('a removed prompt leaves its record valid, and comes again with it, to the byte', async () => {
    const { key } = learned[0]!;
    const path = join(out, 'prompts', `${key}.safetensors`);
    const before = readFileSync(path);
    rmSync(path);
    const kept = await run(gridArgs(folder));
    assert.match(kept.stderr, new RegExp(`1 finished cells have no prompt.*${key}\\.json`));
    assert.equal((JSON.parse(kept.stdout) as { computed: number }).computed, 0);
    rmSync(join(out, 'records', `${key}.json`));
    const again = await run(gridArgs(folder));
    assert.equal((JSON.parse(again.stdout) as { computed: number }).computed, 1);
    assert.deepEqual(readFileSync(path), before);
  });

  await t.test("the file's metadata is the record's cell", () => {
    for (const { key, cell } of learned) {
      const { metadata } = readSafetensors(join(out, 'prompts', `${key}.safetensors`));
      assert.deepEqual([metadata.key, JSON.parse(metadata.cell!)], [key, cell]);
      assert.deepEqual(JSON.parse(metadata.class_names!), classNames);
    }
  });
});
