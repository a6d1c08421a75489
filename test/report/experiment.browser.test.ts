import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { type ExperimentPlan, SUMMARY_COLUMNS, writeExperiment } from '../../src/report/index.ts';
import { fakePlan, fakeRecords, VARIANTS } from './fake-records.ts';
import { openPage } from './open-page.ts';

const SETS = [
  { key: 'icons_media', title: 'Media' },
  { key: 'icons_files', title: 'Files' },
  { key: 'icons_people', title: 'People' },
];
const axes = { datasets: SETS, shots: [16], seeds: [1, 2] };
const [short, , , long, middle] = VARIANTS;

/** Two studies with a method in common; the second one's title is no friend. */
const experiment: ExperimentPlan = {
  title: 'Ablations',
  introduction: 'What matters.',
  command: 'npx coop-bench bench ablation',
  studies: [
    {
      ...fakePlan({ ...axes, methods: [long, short] }),
      experiment: 'context-length',
      title: 'Context length',
    },
    { ...fakePlan({ ...axes, methods: [long, middle] }), experiment: 'position', title: '<i>Position</i>' },
  ],
};
const records = experiment.studies.flatMap((study) => fakeRecords(study));

let dir = '';
let files: readonly string[] = [];

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'report-experiment-'));
  const run = { startedAt: '2026-01-01T00:00:00.000Z', elapsedMs: 120_000, workers: 2, threads: 1 };
  ({ files } = await writeExperiment(dir, experiment, records, run));
});

after(() => rm(dir, { recursive: true, force: true }));

const table = (name: string) =>
  parse(readFileSync(join(dir, name)), { columns: true }) as Record<string, string>[];

test('every study has its report in a folder of its name, and all have one page over them', () => {
  for (const study of ['context-length', 'position']) {
    for (const name of ['index.html', 'cells.csv', 'differences.csv', 'findings.csv']) {
      assert.ok(files.includes(`${study}/${name}`), `${study}/${name}`);
    }
  }
  assert.equal(files.at(-1), 'index.html');
  assert.ok(files.every((name) => existsSync(join(dir, name))));
});

test('cells that studies share stand once in the tables of all, means once a study', () => {
  const cells = table('cells.csv');
  assert.equal(cells.length, 3 * 3 * 2);
  assert.equal(new Set(cells.map(({ key }) => key)).size, cells.length);
  assert.equal(table('timings.csv').length, cells.length);
  const summary = table('summary.csv');
  assert.deepEqual(Object.keys(summary[0]!), ['study', ...SUMMARY_COLUMNS]);
  assert.equal(summary.length, 2 * 2 * 4);
  assert.equal(JSON.parse(readFileSync(join(dir, 'cost.json'), 'utf8')).cells, cells.length);
});

test('findings are asked of all records together: two studies answer what neither does alone', () => {
  const asked = (name: string) =>
    table(name).flatMap(({ finding, verdict }) => (verdict === 'not asked' ? [] : [finding]));
  assert.deepEqual(asked('context-length/findings.csv'), ['longer-contexts', 'words-not-readable']);
  assert.deepEqual(asked('findings.csv'), ['longer-contexts', 'middle-position', 'words-not-readable']);
});

test('the page says each study’s answer, leads to it, and tells of the whole run', async () => {
  await openPage(join(dir, 'index.html'), async (page) => {
    const main = String(await page.locator('main').textContent());
    assert.match(
      main,
      /Context length.*With 16 pictures per class, CoOp \(M = 16, end\) .*All of this study/s,
    );
    assert.match(main, /<i>Position<\/i>/);
    assert.match(main, /The run took 2 min 00 s with 2 workers of 1 thread\. The 18 cells/);
    assert.equal(await page.locator('.plot svg').count(), 2);
    assert.match(String(await page.locator('.facts').textContent()), /2 studies18 of 18 cells/);
  });
  for (const [, target] of readFileSync(join(dir, 'index.html'), 'utf8').matchAll(/href="([^"#]+)"/g)) {
    assert.ok(existsSync(join(dir, target!)), target);
  }
});

test('missing and failed cells are counted at the top', async () => {
  const path = join(dir, 'partial');
  const first = records[0]!;
  const failed = { ...first, status: 'failed' as const, error: { code: 'BROKEN', message: '' } };
  await writeExperiment(path, experiment, [failed, ...records.slice(3, 12)]);
  await openPage(join(path, 'index.html'), async (page) => {
    const banner = String(await page.locator('.banner').textContent());
    assert.match(banner, /Incomplete: 8 of 18 cells/);
    assert.match(banner, /1 of 18 cells failed: the studies’ pages say which/);
    assert.match(String(await page.locator('main').textContent()), /How long a run took besides its cells/);
  });
});
