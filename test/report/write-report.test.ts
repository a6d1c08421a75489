import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CellRecord } from '../../src/config/index.ts';
import { UserError } from '../../src/config/index.ts';
import { writeReport } from '../../src/report/index.ts';
import { fakePlan, fakeRecords, shuffled } from './fake-records.ts';

async function inFolder(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'report-'));
  try {
    await body(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const read = (path: string) => readFile(path, 'latin1');

/** The page without the one section that tells of times. */
function withoutCost(page: string): string {
  const parts = page.split(/<section aria-labelledby="cost">.*?<\/section>/s);
  assert.equal(parts.length, 2);
  return parts.join('');
}

const small = fakePlan({
  datasets: [
    { key: 'icons', title: 'Icons' },
    { key: 'icons_people', title: 'People' },
  ],
  shots: [1, 16],
});

test('a report has its tables, its figures in three forms, and its page, each written whole', async () => {
  await inFolder(async (dir) => {
    const { files } = await writeReport(dir, small, fakeRecords(small));
    const stems = ['fewshot', 'fewshot-average', 'fewshot-icons', 'fewshot-icons-people'];
    const others = ['gain', 'class-gain', 'loss', 'training-accuracy', 'linear-probe-c'].map(
      (name) => `fewshot-${name}`,
    );
    const plots = [...stems, ...others].flatMap((stem) => {
      return ['csv', 'vl.json', 'svg', 'png'].map((ending) => `plots/${stem}.${ending}`);
    });
    const data = [
      'differences.csv',
      'per_class.csv',
      'words.csv',
      'findings.csv',
      'results.json',
      'cells.parquet',
      'cost.json',
    ];
    const top = files.filter((name) => !name.startsWith('tables/'));
    assert.deepEqual(top, ['cells.csv', 'summary.csv', 'timings.csv', ...plots, ...data, 'index.html']);
    assert.equal(files.at(-1), 'index.html');
    const tables = files.filter((name) => name.startsWith('tables/'));
    const names = new Set(tables.map((name) => name.slice(0, name.lastIndexOf('.'))));
    assert.ok(names.has('tables/results-16-shot') && names.size > 8);
    for (const name of names)
      for (const ending of ['csv', 'md', 'tex']) assert.ok(tables.includes(`${name}.${ending}`));
    const found = await readdir(dir, { recursive: true });
    assert.deepEqual(found.filter((name) => !['plots', 'tables'].includes(name)).sort(), [...files].sort());
    const spec: unknown = JSON.parse(await readFile(join(dir, 'plots/fewshot.vl.json'), 'utf8'));
    assert.match(JSON.stringify(spec), /vega-lite\/v6/);
  });
});

test('but for times all files have the same bytes whatever order and circumstances records have', async () => {
  await inFolder(async (dir) => {
    const first = join(dir, 'first');
    const second = join(dir, 'second');
    const records = fakeRecords(small);
    const later = shuffled(records).map((record): CellRecord => {
      return {
        ...record,
        run: { ...record.run, startedAt: '2027-02-03T04:05:06.000Z', host: 'other', durationMs: 7 },
      };
    });
    const { files } = await writeReport(first, small, records);
    await writeReport(second, small, later);
    for (const file of files) {
      const [a, b] = await Promise.all([read(join(first, file)), read(join(second, file))]);
      const tells =
        ['timings.csv', 'cost.json', 'index.html'].includes(file) || file.startsWith('tables/cost.');
      assert.equal(a === b, !tells, file);
      if (file === 'index.html') assert.equal(withoutCost(a), withoutCost(b));
    }
  });
});

test('an incomplete, failed and limited run says so at the top and shows what exists', async () => {
  await inFolder(async (dir) => {
    const limited = fakePlan({ datasets: small.datasets, shots: [1, 16], limit: 50 });
    const records = fakeRecords(limited).filter(({ cell }) => cell.shots !== 16 || cell.seed !== 3);
    const [first, ...rest] = records;
    const failed: CellRecord = {
      ...first!,
      status: 'failed',
      error: {
        code: 'PICTURE_UNREADABLE',
        message: 'broken <img src=x onerror=alert(1)>',
        stack: 'at /secret',
      },
    };
    await writeReport(dir, limited, [failed, ...rest]);
    const page = await readFile(join(dir, 'index.html'), 'utf8');
    const top = page.slice(0, page.indexOf('<main>'));
    assert.match(top, /Limited run: these numbers are not results\..*At most 50 test pictures/);
    assert.match(top, /Incomplete:<\/strong> 4 of 26 cells/);
    assert.match(top, /1 of 26 cells failed/);
    assert.match(page, /2 of 3 seeds/);
    assert.match(page, /PICTURE_UNREADABLE/);
    assert.match(page, /broken &lt;img src=x onerror=alert\(1\)&gt;/);
    assert.ok(!page.includes('<img'));
    assert.ok(!page.includes('/secret'));
  });
});

test('a plan without any record gives a page that says that all is missing', async () => {
  await inFolder(async (dir) => {
    const { files } = await writeReport(dir, small, []);
    assert.deepEqual(
      files.filter((file) => !file.endsWith('.csv')),
      ['results.json', 'cells.parquet', 'cost.json', 'index.html'],
    );
    const page = await readFile(join(dir, 'index.html'), 'utf8');
    assert.match(page, /26 of 26 cells have no result yet/);
  });
});

test('records of several program versions are pointed out', async () => {
  await inFolder(async (dir) => {
    const [first, ...rest] = fakeRecords(small);
    const other = { ...first!, run: { ...first!.run, gitRevision: 'ffffffffffffffff' } };
    await writeReport(dir, small, [other, ...rest]);
    const page = await readFile(join(dir, 'index.html'), 'utf8');
    assert.match(page, /Mixed revisions:<\/strong> .*2 versions.*a1b2c3d4e5 and ffffffffff/);
  });
});

test('records without training accuracy give a sentence in the figure’s place', async () => {
  await inFolder(async (dir) => {
    const one = fakePlan({ datasets: small.datasets.slice(0, 1), shots: [1], seeds: [1] });
    const older = fakeRecords(one).map((record): CellRecord => {
      if (record.status !== 'ok') return record;
      const { accuracyPerEpoch: _, ...details } = record.result.details;
      return { ...record, result: { ...record.result, details } };
    });
    const { files } = await writeReport(dir, one, older);
    assert.ok(files.includes('plots/fewshot-loss.svg'));
    assert.ok(!files.includes('plots/fewshot-training-accuracy.svg'));
    const page = await readFile(join(dir, 'index.html'), 'utf8');
    assert.match(page, /Accuracy on the training pictures by epoch is not in these records/);
  });
});

test('a folder that cannot be made is refused with what to try', async () => {
  await inFolder(async (dir) => {
    const file = join(dir, 'file');
    await writeFile(file, 'not a folder');
    await assert.rejects(writeReport(join(file, 'report'), small, []), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.code, 'FOLDER_NOT_WRITABLE');
      assert.match(error.message, /file\/report\n {2}expected: .*\n {2}found: .*\n {2}try: /);
      return true;
    });
    assert.equal(await readFile(file, 'utf8'), 'not a folder');
  });
});
