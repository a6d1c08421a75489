import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { datasetAdapter, EMBEDDED_ONLY, loadDataset } from '../../datasets/index.ts';
import { drawFewShot } from '../../src/data/index.ts';

/** Folder of CoOp's split files with fewshot.json, the published draws; they are not part of this project. */
const splits = process.env.COOP_BENCH_SPLITS ?? '';

interface Published {
  readonly count: number;
  readonly first: readonly string[];
  /** Of the paths, joined by newlines. */
  readonly sha256: string;
}

test("CoOp's own split files have the published sizes and give the published draws", {
  skip: splits === '' && 'needs COOP_BENCH_SPLITS, a folder with split_zhou_*.json and fewshot.json',
}, async (t) => {
  const dataRoot = mkdtempSync(join(tmpdir(), 'coop-bench-published-'));
  t.after(() => rmSync(dataRoot, { recursive: true, force: true }));
  const answers: Record<
    string,
    Record<string, Record<string, Record<'train' | 'val', Published>>>
  > = JSON.parse(readFileSync(join(splits, 'fewshot.json'), 'utf8'));
  let compared = 0;
  for (const [key, byShots] of Object.entries(answers)) {
    const { disk, published } = datasetAdapter(key);
    const file = join(splits, disk!.splitFile!);
    assert.ok(existsSync(file), file);
    mkdirSync(join(dataRoot, disk!.folder));
    copyFileSync(file, join(dataRoot, disk!.folder, disk!.splitFile!));
    const dataset = await loadDataset(key, { ...EMBEDDED_ONLY, dataRoot });
    const { classNames, train, val, test: testing } = dataset;
    const sizes = { classes: classNames.length, train: train.length, val: val.length, test: testing.length };
    assert.deepEqual(sizes, published);
    for (const [shots, bySeed] of Object.entries(byShots)) {
      for (const [seed, expected] of Object.entries(bySeed)) {
        const draw = drawFewShot(dataset, Number(shots), Number(seed));
        for (const part of ['train', 'val'] as const) {
          const names = draw[part].map(({ picture }) => picture.name);
          const { count, first, sha256 } = expected[part];
          assert.deepEqual([names.length, names.slice(0, first.length)], [count, first]);
          assert.equal(
            createHash('sha256').update(names.join('\n')).digest('hex'),
            sha256,
            `${key} ${shots} ${seed}`,
          );
          compared += 1;
        }
      }
    }
  }
  assert.equal(compared, 7 * 5 * 2 * 2);
});
